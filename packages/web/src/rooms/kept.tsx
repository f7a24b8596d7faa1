/** What was kept here a moment ago: the newest plays at once, with what was asked, what was got, and what to do next. */
import { ClipPlayer, clockText, useMeStream, useReplay, useValue, type Capture } from "@livekit-replay/react";
import type { Clip, Session } from "@livekit-replay/contract";
import { memo, useDeferredValue, useEffect, useRef, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { KeptList } from "../clips/kept-list.js";
import { Making } from "../clips/making.js";
import { Newest } from "../clips/newest.js";
import { useNewestPress } from "../clips/newest-press.js";
import { NextSteps } from "../clips/next.js";
import { CaptureOutcome } from "../clips/outcome.js";
import { Refused } from "../clips/refused.js";
import { CaptureVoice } from "../clips/voice.js";
import { WhereTo } from "../clips/whereto.js";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";

/** What is to be said of a clip that was just kept, and done with it. */
const About = ({
  capture,
  clip,
  onUndone,
}: {
  readonly capture: Capture;
  readonly clip: Clip;
  readonly onUndone: () => void;
}): ReactElement => {
  // What becomes of the clip meanwhile (its MP4, its posts, its end) is seen here. Not before it is painted: the press comes first.
  useMeStream();
  return (
    <>
      <h3>
        <Link href={routes.clip(clip.id)}>{clip.title}</Link>
      </h3>
      <CaptureOutcome capture={capture} clip={clip} />
      <WhereTo capture={capture} clip={clip} />
      <Newest capture={capture} clip={clip} />
      <NextSteps clip={clip} onUndone={onUndone} />
      <Making clip={clip} />
    </>
  );
};

/** The player is there from the press on, so that it begins without delay when the clip comes. */
const Playing = memo(({ capture, clip }: { readonly capture: Capture; readonly clip: Clip | null }): ReactElement => {
  const say = useSay();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The words first, then the picture: where both do not fit, the picture is what is seen. Some browsers answer a promise, which an effect must not.
    const about = place.current?.nextElementSibling?.querySelector(".kept-about");
    for (const element of [about, place.current]) void element?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div ref={place} className="kept-player">
      <ClipPlayer
        clip={clip}
        beginning={capture.beginning}
        waiting={say(words.keeping, { length: clockText(capture.requestedMs) })}
        autoplay
        muted
      />
    </div>
  );
});

/** What stands beside the player; it has its room from the press on, so that nothing moves when the words come. */
const Words = memo(
  ({ capture, clip, onUndone }: { readonly capture: Capture; readonly clip: Clip | null; readonly onUndone: () => void }): ReactElement => {
    const say = useSay();
    // The player gets the clip first; the words and buttons beside it come a moment later.
    const told = useDeferredValue(clip);
    return (
      <div className="kept-about" aria-busy={clip === null}>
        <h2>{say(words.justKept)}</h2>
        {clip !== null && told?.id === clip.id && <About capture={capture} clip={clip} onUndone={onUndone} />}
      </div>
    );
  },
);

/** Who undid the newest capture goes on at the button that captures. */
const focusCapture = (): void => document.querySelector<HTMLElement>("[data-main] .replay-capture-main, .replay-capture-main")?.focus();

/** Where the person looks: a failure that is below the screen would be none. */
const Failed = ({ capture, error }: { readonly capture: Capture; readonly error: unknown }): ReactElement => {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void place.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div ref={place} className="kept-player">
      <Refused capture={capture} error={error} />
    </div>
  );
};

/** Nothing before the first capture. */
const Kept = ({ roomSessions }: { readonly roomSessions: readonly Session[] }): ReactElement | null => {
  const say = useSay();
  const { captures, removals } = useReplay();
  const hidden = useValue(removals.value);
  const here = new Set(roomSessions.map((session) => session.id));
  const shown = useValue(captures.value).filter(
    ({ sessionId, state }) => here.has(sessionId) && !(state.is === "kept" && hidden.has(state.clip.id)),
  );
  const { newest, before } = useNewestPress(shown);
  if (shown.length === 0) return null;
  if (newest === undefined) {
    return (
      <section className="kept-here kept-alone" aria-label={say(words.justKept)}>
        <KeptList captures={before} />
      </section>
    );
  }
  const { state } = newest;
  const clip = state.is === "kept" ? state.clip : null;
  return (
    <section className="kept-here" aria-label={say(words.justKept)}>
      {state.is === "failed" ? (
        <Failed key={newest.key} capture={newest} error={state.error} />
      ) : (
        <Playing key={newest.key} capture={newest} clip={clip} />
      )}
      <div className="kept-words">
        {state.is !== "failed" && <Words capture={newest} clip={clip} onUndone={focusCapture} />}
        <KeptList captures={before} />
      </div>
    </section>
  );
};

/** The captures of this page whose session is of this room. */
export const KeptHere = ({ roomSessions }: { readonly roomSessions: readonly Session[] }): ReactElement => (
  <>
    <CaptureVoice />
    <Kept roomSessions={roomSessions} />
  </>
);
