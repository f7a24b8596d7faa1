/** Watches somebody's running share from its buffer, a few seconds behind, and rewinds it. */
import type { Session } from "@livekit-replay/contract";
import { useEffect, useEffectEvent, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { useReplay, useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { Control, FullscreenControl, keysOf, PlayerFrame, PlayerVeil, SoundControl, Timeline } from "./controls.js";
import { unsigned } from "./source.js";
import { isAtEdge, type PlayerState, type PlayerStore } from "./store.js";
import { usePlayer } from "./use-player.js";

/** Which session; it must have a `live` link. */
export interface LivePlayerProps {
  readonly session: Session;
  /** Where it begins, in seconds before the newest picture. Default: as near to it as it gets. */
  readonly behindS?: number;
  /** Where "Jump to live" leads when something nearer than the buffer shows the share (LiveKit's own track). */
  readonly onLive?: () => void;
  readonly className?: string;
}

interface EdgeProps {
  readonly store: PlayerStore;
  readonly state: PlayerState;
  readonly onLive: (() => void) | undefined;
}

const EdgeButton = ({ store, state, onLive }: EdgeProps): ReactElement => {
  const text = useText();
  const { live, positionS } = state;
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

/** Goes back to where somebody wants to begin, once the player knows how far the buffer reaches. */
const useBegin = (store: PlayerStore, state: PlayerState, behindS: number | undefined): void => {
  const known = state.live !== null && state.phase === "ready";
  const begin = useEffectEvent(() => {
    if (behindS !== undefined && state.live !== null) store.seek(state.live.toS - behindS);
  });
  useEffect(() => {
    if (known) begin();
  }, [known]);
};

/** The player of a running share. It begins muted: whoever watches is in the same call. */
export const LivePlayer = ({ session, behindS, onLive, className = "" }: LivePlayerProps): ReactElement => {
  const { client } = useReplay();
  const text = useText();
  const link = session.links.live;
  const source = link === null ? undefined : { kind: "hls" as const, url: unsigned(client.link(link)), live: true };
  const { store, state, video } = usePlayer({ source, autoplay: true, muted: true });
  useBegin(store, state, behindS);
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
        <EdgeButton store={store} state={state} onLive={onLive} />
        <SoundControl muted={state.muted} onMuted={(muted) => store.setMuted(muted)} />
        <FullscreenControl />
      </div>
    </PlayerFrame>
  );
};
