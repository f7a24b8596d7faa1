/** Watches somebody's running share, a few seconds behind, and rewinds it. */
import type { Session } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { useReplay, useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { Control, PlayerFrame, PlayerVeil, SoundControl, Timeline, toggleFullscreen } from "./controls.js";
import { unsigned } from "./source.js";
import { isAtEdge, type PlayerState, type PlayerStore } from "./store.js";
import { usePlayer } from "./use-player.js";

/** Which session; it must have a `live` link. */
export interface LivePlayerProps {
  readonly session: Session;
  readonly className?: string;
}

const EdgeButton = ({ store, state }: { readonly store: PlayerStore; readonly state: PlayerState }): ReactElement => {
  const text = useText();
  const { live, positionS } = state;
  if (live === null || isAtEdge(state)) {
    return (
      <span className="replay-edge" data-live="true">
        {text(texts.live)}
      </span>
    );
  }
  return (
    <>
      <span className="replay-position">{text(texts.behind, { length: clockText((live.toS - positionS) * 1000) })}</span>
      <Button className="replay-edge" onPress={() => store.toLive()}>
        {text(texts.toLive)}
      </Button>
    </>
  );
};

/** The player of a running share. It begins muted: whoever watches is in the same call. */
export const LivePlayer = ({ session, className = "" }: LivePlayerProps): ReactElement => {
  const { client } = useReplay();
  const text = useText();
  const link = session.links.live;
  const source = link === null ? undefined : { kind: "hls" as const, url: unsigned(client.link(link)), live: true };
  const { store, state, video } = usePlayer({ source, autoplay: true, muted: true });
  return (
    <PlayerFrame store={store} state={state} label={`${text(texts.player)}: ${session.owner.name}`} className={className}>
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
        <EdgeButton store={store} state={state} />
        <SoundControl store={store} state={state} />
        <Control
          glyph="fullscreen"
          label={text(texts.fullscreen)}
          onPress={() => toggleFullscreen(document.activeElement?.closest<HTMLElement>(".replay-player") ?? null)}
        />
      </div>
    </PlayerFrame>
  );
};
