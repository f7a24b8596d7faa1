/** Chooses a part of a clip, or of a buffer before anything is kept of it, exact to the frame, and keeps it as a new clip. */
import type { Clip } from "@livekit-replay/contract";
import { useEffect, useEffectEvent, useRef, useState, type ReactElement, type ReactNode, type RefObject } from "react";
import { Button } from "react-aria-components/Button";
import { useLocale } from "react-aria-components/I18nProvider";
import { Making } from "../player/clip.js";
import { PlayerVeil } from "../player/controls.js";
import { pauseOthers } from "../player/others.js";
import { useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { Film } from "./film.js";
import { Handles, Playhead } from "./handles.js";
import { keysOf } from "./keys.js";
import type { Part } from "./part.js";
import { Save, useFirstTitle } from "./save.js";
import { Saved } from "./saved.js";
import { isSessionRange, type SessionRange, type TrimTarget } from "./target.js";
import { Facts, Transport } from "./transport.js";
import { useClipTrim, useRangeTrim, type Trim } from "./use-trim.js";

/** What is trimmed, and what an application does with it. */
export interface TrimEditorProps {
  readonly target: TrimTarget;
  /** A new clip was kept. */
  readonly onSaved?: (clip: Clip) => void;
  /** The person is done: nothing is to be saved (any more). Without it there is no button for that. */
  readonly onDone?: () => void;
  /** Hears whether leaving would lose a choice. */
  readonly onChanged?: (changed: boolean) => void;
  /** Buttons of the application for the clip that was kept: open, share. */
  readonly actionsOf?: (clip: Clip) => ReactNode;
  readonly className?: string;
}

/** Says in the frame's attributes whether the picture is the wanted frame: `data-exact`. */
const useExact = ({ store }: Trim, frame: RefObject<HTMLElement | null>): void => {
  useEffect(() => {
    const tell = (): void => {
      const { current } = frame;
      if (current === null) return;
      if (store.offBy === 0) current.dataset["exact"] = "true";
      else delete current.dataset["exact"];
    };
    const [unwatch, unfollow] = [store.value.subscribe(tell), store.screen.painted.subscribe(tell)];
    return () => {
      unwatch();
      unfollow();
    };
  }, [store, frame]);
};

const Picture = ({ trim, label, making }: { readonly trim: Trim; readonly label: string; readonly making: ReactNode }): ReactElement => {
  const { player, store, video } = trim;
  const { state } = player;
  const frame = useRef<HTMLDivElement>(null);
  useExact(trim, frame);
  return (
    <div
      ref={frame}
      className="replay-player replay-trim-picture"
      role="group"
      aria-label={label}
      data-covered={state.covered || undefined}
      data-playing={state.playing || undefined}
      data-phase={state.phase}
    >
      <video ref={video} className="replay-video" playsInline preload="auto" tabIndex={-1} onClick={() => store.toggle()}>
        <track kind="captions" />
      </video>
      {making}
      <PlayerVeil state={state} onRetry={() => player.store.retry()} />
    </div>
  );
};

const Board = ({ trim, id }: { readonly trim: Trim; readonly id: string }): ReactElement => {
  const surface = useRef<HTMLDivElement>(null);
  const { view, state } = trim;
  const share = (ms: number): number => Math.min(1, Math.max(0, (ms - view.fromMs) / Math.max(1, view.toMs - view.fromMs)));
  const { part, bounds } = state;
  return (
    <div className="replay-trim-board">
      <div
        ref={surface}
        className="replay-trim-track"
        style={{ "--replay-from": share(part.start.ms), "--replay-to": share(part.end.ms), "--replay-lost": share(bounds.fromMs) }}
      >
        <Film source={trim.source} view={view} id={id} />
        <span className="replay-trim-dim" data-side="before" />
        <span className="replay-trim-dim" data-side="after" />
        {bounds.fromMs > view.fromMs && <span className="replay-trim-lost" />}
        <span className="replay-trim-frame" />
        <Playhead trim={trim} surface={surface} />
        <Handles trim={trim} surface={surface} />
      </div>
    </div>
  );
};

/** What must be said of the buffer or of the frames. */
const Notes = ({ trim, notes }: { readonly trim: Trim; readonly notes: readonly string[] }): ReactElement => {
  const text = useText();
  const { state, store } = trim;
  const lost = state.lostMs >= 500 && !state.gone ? [text(texts.trimLost, { length: clockText(state.lostMs) })] : [];
  return (
    <div className="replay-trim-notes">
      <div role="status">
        {[...notes, ...lost].map((note) => (
          <p key={note}>{note}</p>
        ))}
      </div>
      {state.gone && <p role="alert">{text(texts.trimGone)}</p>}
      {state.error !== undefined && (
        <p role="alert">
          {text(texts.trimFramesFailed)}{" "}
          <Button className="replay-button" onPress={() => store.begin()}>
            {text(texts.again)}
          </Button>
        </p>
      )}
    </div>
  );
};

interface EditorProps extends Omit<TrimEditorProps, "target"> {
  readonly trim: Trim;
  /** Of what is trimmed. */
  readonly id: string;
  readonly notes: readonly string[];
  readonly making?: ReactNode;
}

/** What was saved of the choice: asked for before it is lost, and no more. */
interface Outcome {
  readonly clip: Clip | undefined;
  /** The choice that a clip was made of. */
  readonly part: Part | undefined;
  readonly lengthMs: number;
  readonly undone: boolean;
}

const nothing: Outcome = { clip: undefined, part: undefined, lengthMs: 0, undone: false };

const Editor = ({ trim, id, notes, making = null, onSaved, onDone, onChanged, actionsOf, className = "" }: EditorProps): ReactElement => {
  const text = useText();
  const { direction } = useLocale();
  const frame = useRef<HTMLDivElement>(null);
  const first = useFirstTitle(trim);
  const [title, setTitle] = useState(first);
  const [outcome, setOutcome] = useState(nothing);
  const { state, store, player } = trim;
  const changed = outcome.clip === undefined && state.part !== outcome.part && (state.changed || title !== first);
  const tell = useEffectEvent(() => onChanged?.(changed));
  useEffect(() => tell(), [changed]);
  useEffect(() => {
    pauseOthers(player.store);
    frame.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus({ preventScroll: true });
  }, [player.store]);
  const keep = (clip: Clip): void => {
    store.pause();
    const { start, end } = state.part;
    setOutcome({ clip, part: state.part, lengthMs: trim.source.playedMs(start.ms, end.ms), undone: false });
    onSaved?.(clip);
  };
  const { clip, undone } = outcome;
  return (
    <div
      ref={frame}
      className={`replay-trim ${className}`}
      role="group"
      aria-label={`${text(texts.trimLabel)}: ${trim.source.title}`}
      onKeyDownCapture={keysOf(store, direction === "rtl")}
    >
      <Picture trim={trim} label={`${text(texts.player)}: ${trim.source.title}`} making={making} />
      <Board trim={trim} id={id} />
      <Facts trim={trim} />
      <Transport trim={trim} />
      <p className="replay-hint replay-trim-hint">{text(texts.trimHint)}</p>
      <Notes trim={trim} notes={undone ? [text(texts.trimUndone), ...notes] : notes} />
      {clip === undefined ? (
        <Save trim={trim} onSaved={keep} onDone={onDone} title={title} onTitle={setTitle} />
      ) : (
        <Saved
          clip={clip}
          lengthMs={outcome.lengthMs}
          onAgain={() => setOutcome({ ...outcome, clip: undefined })}
          onUndone={() => setOutcome({ ...nothing, undone: true })}
          onDone={onDone}
          actionsOf={actionsOf}
        />
      )}
    </div>
  );
};

const ClipEditor = ({ clip, ...rest }: Omit<TrimEditorProps, "target"> & { readonly clip: Clip }): ReactElement => {
  const text = useText();
  const trim = useClipTrim(clip);
  const making = trim.source.player === undefined ? <Making clip={trim.clip} /> : null;
  return <Editor {...rest} trim={trim} id={clip.id} notes={[text(texts.trimStays)]} making={making} />;
};

const RangeEditor = ({ target, ...rest }: Omit<TrimEditorProps, "target"> & { readonly target: SessionRange }): ReactElement => {
  const text = useText();
  const trim = useRangeTrim(target);
  const { state, session } = trim;
  const coming = state.part.end.frame === undefined && trim.source.growing ? [text(texts.trimComing)] : [];
  const ended = session.state === "ended" && target.session.state === "active" ? [text(texts.trimEnded)] : [];
  return <Editor {...rest} trim={trim} id={session.id} notes={[...ended, ...coming]} />;
};

/**
 * The editor. Handles on a filmstrip, by pointer, touch and keyboard; the picture is always the frame of what is moved. Keys: `,` `.` (a frame),
 * arrows on a handle, `I` `O` (start and end at the picture), space. Another target needs another `key`.
 */
export const TrimEditor = ({ target, ...rest }: TrimEditorProps): ReactElement =>
  isSessionRange(target) ? <RangeEditor {...rest} target={target} /> : <ClipEditor {...rest} clip={target} />;
