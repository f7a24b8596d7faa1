/** Plays a clip: at once from its pins, or from its MP4 when that is there. */
import type { Clip } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { percentOf } from "../clips/conversion.js";
import { useReplay, useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import { Control, FullscreenControl, keysOf, PlayerFrame, PlayerVeil, PositionText, SoundControl, Timeline } from "./controls.js";
import { unsigned, type ClipSpan, type PlayerSource } from "./source.js";
import { usePlayer } from "./use-player.js";

/** Which clip, and how it begins. */
export interface ClipPlayerProps {
  /** Null: the clip is being kept at this moment. The player is there already and begins without delay when it comes. */
  readonly clip: Clip | null;
  /** Said over the picture while there is no clip. */
  readonly waiting?: string;
  /** Address of the playlist of what the clip will begin with (`Capture.beginning`): its first picture is decoded by the time the clip is kept. */
  readonly beginning?: string | undefined;
  /** Default: false. */
  readonly autoplay?: boolean;
  /** Begins without sound. Default: false. */
  readonly muted?: boolean;
  /** Its first exact frame was painted. */
  readonly onPainted?: () => void;
  readonly className?: string;
}

/** The mark that is set when a clip's first exact frame was painted. */
export const paintedMark = "replay:painted";

const spanOf = ({ startsAtMs, durationMs }: Clip): ClipSpan => ({ startsAtMs, durationS: durationMs / 1000 });

/** The source of a clip, and how to ask for it anew (its signed link may have ended). */
const useSource = (clip: Clip | null): readonly [PlayerSource | undefined, () => Promise<void>] => {
  const { client } = useReplay();
  const choose = (of: Clip | null): PlayerSource | undefined => {
    if (of === null) return undefined;
    if (of.state === "ready") return { kind: "file", url: client.link(of.links.download) };
    if (of.links.playlist !== null) return { kind: "hls", url: unsigned(client.link(of.links.playlist)), live: false, span: spanOf(of) };
    // A codec that HLS does not carry (VP8) plays from a file of its own until the MP4 is there.
    return of.links.webm === null ? undefined : { kind: "file", url: client.link(of.links.webm) };
  };
  const [chosen, setChosen] = useState(() => ({ clipId: clip?.id, source: choose(clip) }));
  const renew = async (): Promise<void> => {
    if (clip === null) return;
    const fresh = await client.clips.get(clip.id).catch(() => clip);
    setChosen({ clipId: fresh.id, source: choose(fresh) });
  };
  // A clip whose MP4 becomes ready while it plays goes on from its pins: the source is chosen once per clip.
  if (chosen.clipId === clip?.id && chosen.source !== undefined) return [chosen.source, renew];
  const source = choose(clip);
  if (chosen.clipId !== clip?.id || source !== undefined) setChosen({ clipId: clip?.id, source });
  return [source, renew];
};

/** The clip's picture until its first frame is there. A clip that was made this moment has none yet, and plays before it has. */
const Cover = ({ clip }: { readonly clip: Clip }): ReactElement | null => {
  const { client } = useReplay();
  const [failed, setFailed] = useState(false);
  if (failed || clip.state !== "ready") return null;
  return <img className="replay-cover" src={client.link(clip.links.poster)} alt="" onError={() => setFailed(true)} />;
};

/** A clip that cannot be played before its MP4 is made, and how far that is. */
export const Making = ({ clip }: { readonly clip: Clip }): ReactElement => {
  const text = useText();
  const percent = percentOf(clip, "mp4");
  return (
    <p className="replay-veil" role="status">
      {percent === undefined ? text(texts.playsSoon) : text(texts.makingMp4, { percent })}
    </p>
  );
};

/** The player of a clip, with its controls. Keys while it has the focus: space, arrows, `J` `L`, `,` `.` (one frame), `M`, `F`. */
export const ClipPlayer = ({
  clip,
  waiting,
  beginning,
  autoplay = false,
  muted = false,
  onPainted,
  className = "",
}: ClipPlayerProps): ReactElement => {
  const text = useText();
  const painted = (): void => {
    performance.mark(paintedMark, { detail: { clipId: clip?.id } });
    onPainted?.();
  };
  const [source, renew] = useSource(clip);
  const { store, state, video } = usePlayer({ source, autoplay, muted, onPainted: painted, beginning });
  const durationS = state.durationS > 0 ? state.durationS : (clip?.durationMs ?? 0) / 1000;
  const label = clip === null ? text(texts.player) : `${text(texts.player)}: ${clip.title}`;
  return (
    <PlayerFrame keys={keysOf(store, state)} state={state} label={label} className={className}>
      <video ref={video} className="replay-video" playsInline preload="auto" tabIndex={-1} onClick={() => store.toggle()}>
        <track kind="captions" />
      </video>
      {clip !== null && state.covered && state.phase !== "failed" && <Cover clip={clip} />}
      {clip !== null && source === undefined && <Making clip={clip} />}
      {clip === null && waiting !== undefined && (
        <p className="replay-veil" role="status">
          {waiting}
        </p>
      )}
      <PlayerVeil state={state} onRetry={() => void renew().then(() => store.retry())} />
      <div className="replay-controls">
        <Control
          glyph={state.playing ? "pause" : "play"}
          label={text(state.playing ? texts.pause : texts.play)}
          onPress={() => store.toggle()}
        />
        <Timeline fromS={0} toS={durationS} atS={state.positionS} onSeek={(toS) => store.seek(toS)} />
        <PositionText state={{ ...state, durationS }} />
        {clip?.audio !== null && <SoundControl muted={state.muted} onMuted={(muted) => store.setMuted(muted)} />}
        <FullscreenControl />
      </div>
    </PlayerFrame>
  );
};
