/** The column beside the conference: what was kept just now, my clips, and one of them when it is opened. */
import {
  type Capture,
  ClipLibrary,
  ClipPlayer,
  clockText,
  english,
  outcomeOf,
  preloadPlayer,
  useClip,
  useReplay,
  useValue,
} from "@livekit-replay/react";
import { type ReactElement, useEffect, useSyncExternalStore } from "react";

/** The address says which clip is open: `#clip/…`. So back and forward work, and nothing else of the page is left. */
const PREFIX = "#clip/";
const hrefOf = (clipId: string): string => `${PREFIX}${encodeURIComponent(clipId)}`;
const openedId = (): string | null =>
  globalThis.location.hash.startsWith(PREFIX) ? decodeURIComponent(globalThis.location.hash.slice(PREFIX.length)) : null;
const onHash = (changed: () => void): (() => void) => {
  globalThis.addEventListener("hashchange", changed);
  return () => globalThis.removeEventListener("hashchange", changed);
};

const outcome = ({ state, sessionStartedAtMs }: Capture): string => {
  if (state.is !== "kept") return "";
  const { text, values, reason } = outcomeOf(state.clip, sessionStartedAtMs);
  return english(text, { ...values, reason: reason === undefined ? "" : english(reason, {}) });
};

const JustKept = ({ capture }: { readonly capture: Capture }): ReactElement => {
  const { state, requestedMs } = capture;
  if (state.is === "failed") {
    const why = state.error instanceof Error ? state.error.message : "";
    return <p role="alert">{`The last ${clockText(requestedMs)} could not be kept. ${why}`}</p>;
  }
  return (
    <section aria-label="Just kept">
      <h2>Just kept</h2>
      <ClipPlayer clip={state.is === "kept" ? state.clip : null} waiting={`Keeping ${clockText(requestedMs)}…`} autoplay muted />
      {state.is === "kept" && <p className="clips-outcome">{outcome(capture)}</p>}
    </section>
  );
};

const Opened = ({ clipId }: { readonly clipId: string }): ReactElement => {
  const { client } = useReplay();
  const { data: clip, isError } = useClip(clipId);
  return (
    <section aria-label="Clip">
      <p>
        <a href="#clips">All clips</a>
      </p>
      {isError && <p role="alert">There is no such clip here.</p>}
      {clip !== undefined && (
        <>
          <h2>{clip.title}</h2>
          <ClipPlayer clip={clip} autoplay />
          <p>
            <a href={client.link(clip.links.download)} download>
              Download
            </a>
          </p>
        </>
      )}
    </section>
  );
};

/** The column. */
export const Clips = (): ReactElement => {
  const { captures } = useReplay();
  const [latest] = useValue(captures.value);
  const opened = useSyncExternalStore(onHash, openedId, () => null);
  useEffect(() => {
    // The first clip must not wait for the player's code. A failure shows itself when the player is needed.
    preloadPlayer().catch(() => undefined);
  }, []);
  return (
    <aside className="clips" aria-label="Clips">
      {opened !== null ? (
        <Opened key={opened} clipId={opened} />
      ) : (
        <>
          {latest !== undefined && <JustKept key={latest.key} capture={latest} />}
          <h2>My clips</h2>
          <ClipLibrary hrefOf={({ id }) => hrefOf(id)} pageSize={12} />
        </>
      )}
    </aside>
  );
};
