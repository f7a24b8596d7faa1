/** Captures of this page besides the newest: kept ones as small rows, failed ones with their way out. */
import { clockText, Poster, type Capture } from "@livekit-replay/react";
import { memo, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Refused } from "./refused.js";

const Row = memo(({ capture }: { readonly capture: Capture }): ReactElement => {
  const say = useSay();
  const { state, requestedMs } = capture;
  if (state.is === "failed") return <Refused capture={capture} error={state.error} />;
  if (state.is === "keeping") return <p className="kept-waiting">{say(words.keeping, { length: clockText(requestedMs) })}</p>;
  const { clip } = state;
  return (
    <Link href={routes.clip(clip.id)} className="kept-small">
      <Poster clip={clip} />
      <span>{clip.title}</span>
      <span className="kept-length">{clockText(clip.durationMs)}</span>
    </Link>
  );
});

/** The rows; nothing when there are none. */
export const KeptList = ({ captures }: { readonly captures: readonly Capture[] }): ReactElement | null => {
  const say = useSay();
  if (captures.length === 0) return null;
  return (
    <section className="kept-before">
      <h3>{say(words.keptBefore)}</h3>
      <ul>
        {captures.map((capture) => (
          <li key={capture.key}>
            <Row capture={capture} />
          </li>
        ))}
      </ul>
    </section>
  );
};
