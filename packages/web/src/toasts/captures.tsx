/** What was captured on a view without a room: the newest plays in its toast, with what was asked, what was got, and what to do next. */
import { ClipPlayer, clockText, useReplay, useValue, type Capture } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { useEffect, useRef, useState, type ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { Text } from "react-aria-components/Text";
import { UNSTABLE_ToastContent as Content } from "react-aria-components/Toast";
import { KeptList } from "../clips/kept-list.js";
import { Newest } from "../clips/newest.js";
import { useNewestPress } from "../clips/newest-press.js";
import { NextSteps } from "../clips/next.js";
import { useCaptureWords } from "../clips/outcome.js";
import { Refused } from "../clips/refused.js";
import { WhereTo } from "../clips/whereto.js";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { closeCaptures, type CapturesMessage } from "./send.js";

/** So long it stays after the last word. */
const STAYS_MS = 15_000;
/** More are in the library. */
const MOST_BEFORE = 2;

/** The title and the outcome: what is read out. */
const Told = ({ capture, clip }: { readonly capture: Capture; readonly clip: Clip | null }): ReactElement => {
  const say = useSay();
  const outcome = useCaptureWords();
  return (
    <Content className="toast-words">
      {clip === null ? (
        <p>{say(words.keeping, { length: clockText(capture.requestedMs) })}</p>
      ) : (
        <>
          <p>
            <Link href={routes.clip(clip.id)}>{clip.title}</Link>
          </p>
          <p className="outcome">{outcome(capture, clip)}</p>
        </>
      )}
    </Content>
  );
};

const Newer = ({ capture, onDialog }: { readonly capture: Capture; readonly onDialog: (open: boolean) => void }): ReactElement => {
  const say = useSay();
  const { state } = capture;
  if (state.is === "failed") return <Refused capture={capture} error={state.error} />;
  const clip = state.is === "kept" ? state.clip : null;
  return (
    <>
      <ClipPlayer
        key={capture.key}
        clip={clip}
        waiting={say(words.keeping, { length: clockText(capture.requestedMs) })}
        beginning={capture.beginning}
        autoplay
        muted
      />
      <Told capture={capture} clip={clip} />
      <div className="toast-next" aria-busy={clip === null}>
        {clip !== null && (
          <>
            <WhereTo capture={capture} clip={clip} />
            <Newest capture={capture} clip={clip} />
            <NextSteps clip={clip} onDialog={onDialog} />
          </>
        )}
      </div>
    </>
  );
};

/** Closes the toast when all is said: not while it is looked at, while something is under way, or while a failure is not answered. */
const useLeave = (captures: readonly Capture[], held: boolean): void => {
  const isOpen = captures.some(({ state, newest }) => state.is !== "kept" || newest.is === "waited-for");
  const count = captures.length;
  useEffect(() => {
    if (count === 0) closeCaptures();
    if (isOpen || held || count === 0) return undefined;
    const timer = setTimeout(closeCaptures, STAYS_MS);
    return () => clearTimeout(timer);
  }, [count, isOpen, held]);
};

/** Whether the pointer or the focus is in an element. */
const useLookedAt = (): { readonly place: React.RefObject<HTMLDivElement | null>; readonly isLookedAt: boolean } => {
  const place = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  const [within, setWithin] = useState(false);
  useEffect(() => {
    const toast = place.current?.closest("[role=alertdialog]");
    if (!(toast instanceof HTMLElement)) return undefined;
    const ending = new AbortController();
    const { signal } = ending;
    toast.addEventListener("pointerenter", () => setOver(true), { signal });
    toast.addEventListener("pointerleave", () => setOver(false), { signal });
    toast.addEventListener("focusin", () => setWithin(true), { signal });
    toast.addEventListener("focusout", () => setWithin(false), { signal });
    return () => ending.abort();
  }, []);
  return { place, isLookedAt: over || within };
};

/** The content of the toast. */
export const CapturesToast = ({ of: { sessionId, sinceMs } }: { readonly of: CapturesMessage }): ReactElement => {
  const say = useSay();
  const { captures, removals } = useReplay();
  const hidden = useValue(removals.value);
  const [dialog, setDialog] = useState(false);
  const { place, isLookedAt } = useLookedAt();
  const shown = useValue(captures.value).filter(
    ({ sessionId: of, pressedAtMs, state }) =>
      of === sessionId && pressedAtMs >= sinceMs && !(state.is === "kept" && hidden.has(state.clip.id)),
  );
  useLeave(shown, isLookedAt || dialog);
  const { newest, before } = useNewestPress(shown);
  return (
    <div ref={place} className="toast-captures">
      <Text slot="title" className="only-heard">
        {say(words.justKept)}
      </Text>
      {newest !== undefined && <Newer capture={newest} onDialog={setDialog} />}
      <KeptList captures={before.slice(0, MOST_BEFORE)} />
    </div>
  );
};
