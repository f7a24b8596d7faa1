/** Watches somebody's share from its buffer, a few seconds behind, and rewinds it; also when it has ended, as long as its buffer is there. */
import type { Session } from "@livekit-replay/contract";
import { useEffect, useEffectEvent, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { useReplay, useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { Control, FullscreenControl, keysOf, PlayerFrame, PlayerVeil, SoundControl, Timeline } from "./controls.js";
import { momentAt, positionOf } from "./moments.js";
import { unsigned } from "./source.js";
import { isAtEdge, type PlayerState, type PlayerStore } from "./store.js";
import { usePlayer } from "./use-player.js";

/** An instant of a share, in wall time. */
export interface Moment {
  readonly atMs: number;
}

/** Which session; it must have a `live` link. */
export interface LivePlayerProps {
  readonly session: Session;
  /** Where it begins, in seconds before the newest picture. Default: as near to it as it gets. */
  readonly behindS?: number;
  /** A moment to be seen; it goes there each time when it is given another object. Counts more than `behindS`. */
  readonly moment?: Moment | undefined;
  /** Hears which moment (wall time) is shown; undefined when none is any more. */
  readonly onMoment?: (atMs: number | undefined) => void;
  /** Where "Jump to live" leads when something nearer than the buffer shows the share (LiveKit's own track). */
  readonly onLive?: () => void;
  readonly className?: string;
}

interface EdgeProps {
  readonly running: boolean;
  readonly store: PlayerStore;
  readonly state: PlayerState;
  readonly onLive: (() => void) | undefined;
}

const EdgeButton = ({ running, store, state, onLive }: EdgeProps): ReactElement | null => {
  const text = useText();
  const { live, positionS } = state;
  if (!running) {
    if (live === null) return null;
    return <span className="replay-position">{text(texts.stripBeforeEnd, { length: clockText((live.toS - positionS) * 1000) })}</span>;
  }
  if (onLive === undefined && (live === null || isAtEdge(state))) {
    return (
      <span className="replay-edge" data-live="true">
        {text(texts.live)}
      </span>
    );
  }
  return (
    <>
      {live !== null && <span className="replay-position">{text(texts.behind, { length: clockText((live.toS - positionS) * 1000) })}</span>}
      <Button className="replay-edge" onPress={() => (onLive === undefined ? store.toLive() : onLive())}>
        {text(texts.toLive)}
      </Button>
    </>
  );
};

/** Goes to where somebody wants to begin, once the player knows how far the buffer reaches, and to each moment that is wanted later. */
const useBegin = (store: PlayerStore, state: PlayerState, { behindS, moment }: Pick<LivePlayerProps, "behindS" | "moment">): void => {
  const known = state.live !== null && state.phase === "ready";
  const begin = useEffectEvent((to: Moment | undefined) => {
    if (state.live === null) return;
    const positionS = to === undefined ? undefined : positionOf(state.live.pieces, to.atMs);
    if (positionS !== undefined) store.seek(positionS);
    else if (behindS !== undefined) store.seek(state.live.toS - behindS);
    if (positionS !== undefined) void store.play();
  });
  useEffect(() => {
    if (known) begin(moment);
  }, [known, moment]);
};

/** Tells which moment is shown. */
const useTellMoment = ({ live, phase, positionS }: PlayerState, onMoment: LivePlayerProps["onMoment"]): void => {
  const atMs = live === null || phase !== "ready" ? undefined : momentAt(live.pieces, positionS);
  const tell = useEffectEvent((to: number | undefined) => onMoment?.(to));
  useEffect(() => tell(atMs), [atMs]);
  useEffect(() => () => tell(undefined), []);
};

/** The player of a running share. It begins muted: whoever watches is in the same call. */
export const LivePlayer = ({ session, behindS, moment, onMoment, onLive, className = "" }: LivePlayerProps): ReactElement => {
  const { client } = useReplay();
  const text = useText();
  const link = session.links.live;
  const source = link === null ? undefined : { kind: "hls" as const, url: unsigned(client.link(link)), live: true };
  const { store, state, video } = usePlayer({ source, autoplay: true, muted: true });
  useBegin(store, state, { ...(behindS !== undefined && { behindS }), moment });
  useTellMoment(state, onMoment);
  return (
    <PlayerFrame keys={keysOf(store, state)} state={state} label={`${text(texts.player)}: ${session.owner.name}`} className={className}>
      <video ref={video} className="replay-video" playsInline preload="auto" tabIndex={-1} onClick={() => store.toggle()}>
        <track kind="captions" />
      </video>
      <PlayerVeil state={state} onRetry={() => store.retry()} />
      <div className="replay-controls">
        <Control
          glyph={state.playing ? "pause" : "play"}
          label={text(state.playing ? texts.pause : texts.play)}
          onPress={() => store.toggle()}
        />
        <Control glyph="back" label={text(texts.back10)} onPress={() => store.seekBy(-10)} />
        {state.live !== null && (
          <Timeline fromS={state.live.fromS} toS={state.live.toS} atS={state.positionS} onSeek={(toS) => store.seek(toS)} />
        )}
        <EdgeButton running={session.state === "active"} store={store} state={state} onLive={onLive} />
        <SoundControl muted={state.muted} onMuted={(muted) => store.setMuted(muted)} />
        <FullscreenControl />
      </div>
    </PlayerFrame>
  );
};
