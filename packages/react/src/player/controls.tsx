/** The controls of a player: play, position, sound, full screen; and the keys that do the same. */
import { memo, useRef, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { Slider, SliderThumb, SliderTrack } from "react-aria-components/Slider";
import { useText } from "../provider/context.js";
import { useSteady } from "../store/steady.js";
import { texts } from "../texts/english.js";
import { clockText } from "../texts/amounts.js";
import { Glyph, type GlyphName } from "./glyph.js";
import type { PlayerStore, PlayerState } from "./store.js";

interface ControlProps {
  readonly glyph: GlyphName;
  readonly label: string;
  readonly onPress: () => void;
}

const ControlButton = memo(({ glyph, label, onPress }: ControlProps): ReactElement => (
  <Button className="replay-control" aria-label={label} onPress={onPress}>
    <Glyph name={glyph} />
  </Button>
));

/** A round button with a picture and a name. A player changes many times a second: its buttons are rendered anew only when they look otherwise. */
export const Control = ({ glyph, label, onPress }: ControlProps): ReactElement => (
  <ControlButton glyph={glyph} label={label} {...useSteady({ onPress })} />
);

/** A range of positions in seconds, and where the player is. */
export interface TimelineProps {
  readonly fromS: number;
  readonly toS: number;
  readonly atS: number;
  readonly onSeek: (toS: number) => void;
  /** The thumb was let go. */
  readonly onSeekEnd?: (toS: number) => void;
}

const TimelineSlider = memo(({ fromS, toS, atS, onSeek, onSeekEnd }: Required<TimelineProps>): ReactElement => {
  const text = useText();
  const share = toS > fromS ? Math.min(1, Math.max(0, (atS - fromS) / (toS - fromS))) : 0;
  return (
    <Slider
      className="replay-timeline"
      aria-label={text(texts.position)}
      minValue={fromS}
      maxValue={Math.max(toS, fromS + 0.1)}
      step={0.1}
      value={Math.min(Math.max(atS, fromS), toS)}
      onChange={onSeek}
      onChangeEnd={onSeekEnd}
      formatOptions={{ style: "unit", unit: "second", unitDisplay: "long", maximumFractionDigits: 0 }}
    >
      <SliderTrack className="replay-timeline-track" style={{ "--replay-at": share }}>
        <SliderThumb className="replay-timeline-thumb" />
      </SliderTrack>
    </Slider>
  );
});

/** The line on which a position is chosen. */
export const Timeline = ({ onSeek, onSeekEnd, ...place }: TimelineProps): ReactElement => {
  const steady = useSteady({ onSeek, onSeekEnd: (toS: number) => onSeekEnd?.(toS) });
  return <TimelineSlider {...place} {...steady} />;
};

/** What each key does in a player; `frame` is what fills the screen. */
export type PlayerKeys = (frame: HTMLElement | null) => Readonly<Record<string, () => void>>;

/** The keys of a player that can be moved through time. */
export const keysOf =
  (store: PlayerStore, state: PlayerState): PlayerKeys =>
  (frame) => ({
    " ": () => store.toggle(),
    k: () => store.toggle(),
    ArrowLeft: () => store.seekBy(-5),
    ArrowRight: () => store.seekBy(5),
    j: () => store.seekBy(-10),
    l: () => store.seekBy(10),
    Home: () => store.seek(state.live?.fromS ?? 0),
    End: () => (state.live === null ? store.seek(state.durationS) : store.toLive()),
    ",": () => store.seekBy(-1 / 60),
    ".": () => store.seekBy(1 / 60),
    m: () => store.setMuted(!state.muted),
    f: () => toggleFullscreen(frame),
  });

/** Makes an element fill the screen, or gives the screen back. */
export const toggleFullscreen = (element: HTMLElement | null): void => {
  if (document.fullscreenElement !== null) void document.exitFullscreen();
  else void element?.requestFullscreen?.().catch(() => undefined);
};

/** The frame around picture and controls. */
export interface PlayerFrameProps {
  readonly keys: PlayerKeys;
  readonly state: Pick<PlayerState, "covered" | "playing" | "phase">;
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Takes the keys of the player while the focus is in it. Space stays with a button that has the focus. */
export const PlayerFrame = ({ keys, state, label, className = "", children }: PlayerFrameProps): ReactElement => {
  const frame = useRef<HTMLDivElement>(null);
  const onKeyDownCapture = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.target instanceof Element && event.target.closest("button") !== null;
    if (event.key === " " && onButton) return;
    const action = keys(frame.current)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action === undefined) return;
    action();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={frame}
      className={`replay-player ${className}`}
      role="group"
      aria-label={label}
      data-covered={state.covered || undefined}
      data-playing={state.playing || undefined}
      data-phase={state.phase}
      onKeyDownCapture={onKeyDownCapture}
    >
      {children}
    </div>
  );
};

/** Makes the player that has the focus fill the screen. */
export const FullscreenControl = (): ReactElement => {
  const text = useText();
  return (
    <Control
      glyph="fullscreen"
      label={text(texts.fullscreen)}
      onPress={() => toggleFullscreen(document.activeElement?.closest<HTMLElement>(".replay-player") ?? null)}
    />
  );
};

/** What lies over the picture: loading, waiting, failed. */
export const PlayerVeil = ({ state, onRetry }: { readonly state: PlayerState; readonly onRetry: () => void }): ReactElement | null => {
  const text = useText();
  if (state.phase === "failed") {
    return (
      <div className="replay-veil" role="alert">
        <p>{text(texts.playerFailed)}</p>
        <Button className="replay-button" onPress={onRetry}>
          {text(texts.again)}
        </Button>
      </div>
    );
  }
  if (state.phase !== "empty" && (state.covered || state.waiting))
    return <div className="replay-spinner" role="progressbar" aria-label={text(texts.loading)} />;
  return null;
};

/** Sound on or off. */
export const SoundControl = ({ muted, onMuted }: { readonly muted: boolean; readonly onMuted: (muted: boolean) => void }): ReactElement => {
  const text = useText();
  return <Control glyph={muted ? "muted" : "sound"} label={text(muted ? texts.unmute : texts.mute)} onPress={() => onMuted(!muted)} />;
};

/** `0:12 / 5:00`. */
export const PositionText = ({ state }: { readonly state: PlayerState }): ReactElement => (
  <span className="replay-position">
    {clockText(state.positionS * 1000)} <span aria-hidden="true">/</span> {clockText(state.durationS * 1000)}
  </span>
);
