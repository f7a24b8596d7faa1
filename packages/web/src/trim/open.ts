/** Opens the trim editor from anywhere in the page: for a clip, or for a range of a session's buffer that is no clip yet. */
import { Value, type TrimTarget } from "@livekit-replay/react";

/** What is being trimmed; undefined: nothing. */
export const trimming = new Value<TrimTarget | undefined>(undefined);

/** Shows the editor over the page: `openTrim(clip)` or `openTrim({ session, range: { fromMs, toMs } })`. The editor's code is loaded when it is opened. */
export const openTrim = (target: TrimTarget): void => trimming.set(target);
