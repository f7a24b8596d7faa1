/** What was kept here a moment ago: the newest plays at once, with what was asked and what was got. */
import { ClipPlayer, clockText, Poster, useReplay, useValue, type Capture } from "@livekit-replay/react";
import type { Clip, Session } from "@livekit-replay/contract";
import { useDeferredValue, useEffect, useRef, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { ClipActions } from "../clips/actions.js";
import { Making } from "../clips/making.js";
import { Newest } from "../clips/newest.js";
import { OutcomeText } from "../clips/outcome.js";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Notice } from "../ui/notice.js";

const Failed = ({ capture, error }: { readonly capture: Capture; readonly error: unknown }): ReactElement => {
  const say = useSay();
  const { captures } = useReplay();
  return (
    <div className="kept-failed">
      <Notice look="warning">
        {say(words.captureFailed, { length: clockText(capture.requestedMs) })}. {sentenceOf(error, say)}
      </Notice>
      <Button onPress={() => captures.dismiss(capture.key)}>{say(words.dismiss)}</Button>
    </div>
  );
};

/** What is to be said of a clip that was just kept, and done with it. */
const About = ({ capture, clip }: { readonly capture: Capture; readonly clip: Clip }): ReactElement => (
  <>
    <h3>
      <Link href={routes.clip(clip.id)}>{clip.title}</Link>
    </h3>
    <OutcomeText clip={clip} sessionStartedAtMs={capture.sessionStartedAtMs} />
    <Newest capture={capture} clip={clip} />
    <ClipActions clip={clip} />
    <Making clip={clip} />
  </>
);

/** The player is there from the press on, so that it begins without delay when the clip comes. */
const Playing = ({ capture, clip }: { readonly capture: Capture; readonly clip: Clip | null }): ReactElement => {
  const say = useSay();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Some browsers answer a promise, which an effect must not.
    void place.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div ref={place} className="kept-player">
      <ClipPlayer clip={clip} waiting={say(words.keeping, { length: clockText(capture.requestedMs) })} autoplay muted />
    </div>
  );
};

const Before = ({ clips }: { readonly clips: readonly Clip[] }): ReactElement | null => {
  const say = useSay();
  if (clips.length === 0) return null;
  return (
    <section className="kept-before">
      <h3>{say(words.keptBefore)}</h3>
      <ul>
        {clips.map((clip) => (
          <li key={clip.id}>
            <Link href={routes.clip(clip.id)} className="kept-small">
              <Poster clip={clip} />
              <span>{clip.title}</span>
              <span className="kept-length">{clockText(clip.durationMs)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
};

/** The captures of this page whose session is of this room. */
export const KeptHere = ({ roomSessions }: { readonly roomSessions: readonly Session[] }): ReactElement | null => {
  const say = useSay();
  const { captures, removals } = useReplay();
  const hidden = useValue(removals.value);
  const here = new Set(roomSessions.map((session) => session.id));
  const shown = useValue(captures.value).filter(
    (one) => here.has(one.sessionId) && !(one.state.is === "kept" && hidden.has(one.state.clip.id)),
  );
  const [newest, ...before] = shown;
  const clip = newest?.state.is === "kept" ? newest.state.clip : null;
  // The player gets the clip first; the words and buttons beside it come a moment later.
  const told = useDeferredValue(clip);
  if (newest === undefined) return null;
  const { state } = newest;
  return (
    <section className="kept-here" aria-label={say(words.justKept)}>
      {state.is === "failed" ? <Failed capture={newest} error={state.error} /> : <Playing key={newest.key} capture={newest} clip={clip} />}
      <div className="kept-words">
        {state.is !== "failed" && <h2>{say(words.justKept)}</h2>}
        {clip !== null && told?.id === clip.id && <About capture={newest} clip={clip} />}
        <Before clips={before.flatMap((one) => (one.state.is === "kept" ? [one.state.clip] : []))} />
      </div>
    </section>
  );
};
