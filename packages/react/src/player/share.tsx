/** Watches somebody's share in a LiveKit room: live by LiveKit's own track, and back in time by the buffer where there is one. */
import type { Session } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { useNow } from "../buffer/use-now.js";
import type { RoomShare } from "../livekit/snapshot.js";
import { useWatch } from "../livekit/use-watch.js";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import { Control, FullscreenControl, PlayerFrame, SoundControl, Timeline, toggleFullscreen } from "./controls.js";
import { LivePlayer, type Moment } from "./live.js";

/** Whose share, and its buffer if there is one that this person may look back in. */
export interface SharePlayerProps {
  readonly roomName: string;
  readonly share: RoomShare;
  readonly session?: Session | undefined;
  /** A moment to be seen: it is rewound to, each time when another object is given. */
  readonly moment?: Moment | undefined;
  /** Hears which moment of the buffer is shown; undefined while it shows the share itself. */
  readonly onMoment?: (atMs: number | undefined) => void;
  readonly className?: string;
}

interface PastProps {
  readonly fromMs: number;
  readonly onRewind: (behindS: number) => void;
}

/** The line back into the buffer: its end is now. Nothing moves until the thumb is let go. */
const Past = ({ fromMs, onRewind }: PastProps): ReactElement => {
  const nowMs = useNow();
  const [atS, setAt] = useState(0);
  const reachS = Math.max(1, (nowMs - fromMs) / 1000);
  const end = (toS: number): void => {
    setAt(0);
    if (toS < 0) onRewind(-toS);
  };
  return <Timeline fromS={-reachS} toS={0} atS={atS} onSeek={setAt} onSeekEnd={end} />;
};

/** What lies over the picture. */
const Veil = ({ share, waiting, blocked, onPlay }: VeilProps): ReactElement | null => {
  const text = useText();
  if (blocked) {
    return (
      <div className="replay-veil">
        <Button className="replay-button" onPress={onPlay}>
          {text(texts.play)}
        </Button>
      </div>
    );
  }
  if (share.muted) {
    return (
      <p className="replay-veil" role="status">
        {text(texts.sharePaused, { name: share.name })}
      </p>
    );
  }
  return waiting ? <div className="replay-spinner" role="progressbar" aria-label={text(texts.loading)} /> : null;
};

interface VeilProps {
  readonly share: RoomShare;
  readonly waiting: boolean;
  readonly blocked: boolean;
  readonly onPlay: () => void;
}

interface TrackPlayerProps {
  readonly roomName: string;
  readonly share: RoomShare;
  /** How far the buffer reaches back, as wall time; null where nobody may look back. */
  readonly pastFromMs: number | null;
  readonly onRewind: (behindS: number) => void;
  readonly className: string;
}

const BACK_S = 10;

const TrackPlayer = ({ roomName, share, pastFromMs, onRewind, className }: TrackPlayerProps): ReactElement => {
  const text = useText();
  const { watch, state, video } = useWatch(roomName, share.userId);
  const back = (): void => {
    if (pastFromMs !== null) onRewind(BACK_S);
  };
  const keys = (frame: HTMLElement | null): Readonly<Record<string, () => void>> => ({
    ArrowLeft: back,
    j: back,
    m: () => watch.setMuted(!state.muted),
    f: () => toggleFullscreen(frame),
  });
  const shown = { covered: !state.picture, playing: state.picture && !state.blocked, phase: state.picture ? "ready" : "loading" } as const;
  return (
    <PlayerFrame keys={keys} state={shown} label={`${text(texts.player)}: ${share.name}`} className={className}>
      <video ref={video} className="replay-video" playsInline tabIndex={-1}>
        <track kind="captions" />
      </video>
      <Veil share={share} waiting={!state.picture} blocked={state.blocked} onPlay={() => void watch.play()} />
      <div className="replay-controls">
        {pastFromMs !== null && <Control glyph="back" label={text(texts.back10)} onPress={back} />}
        {pastFromMs === null ? <span className="replay-controls-rest" /> : <Past fromMs={pastFromMs} onRewind={onRewind} />}
        <span className="replay-edge" data-live="true">
          {text(texts.live)}
        </span>
        {state.sound && <SoundControl muted={state.muted} onMuted={(muted) => watch.setMuted(muted)} />}
        <FullscreenControl />
      </div>
    </PlayerFrame>
  );
};

/** Players know VP8 in no segments: such a share cannot be rewound, though its clips can be played. */
const isRewindable = (share: RoomShare): boolean => share.codec !== "video/vp8";

/** Live and back again: "Back 10 seconds" and the line lead into the buffer, "Jump to live" to LiveKit's picture. It begins muted, as the other players. */
export const SharePlayer = ({ roomName, share, session, moment, onMoment, className = "" }: SharePlayerProps): ReactElement => {
  const [behindS, rewind] = useState<number | undefined>(undefined);
  /** The moment from which somebody has come back to the share itself. */
  const [left, leave] = useState<Moment | undefined>(undefined);
  const canRewind = isRewindable(share) && session !== undefined && session.links.live !== null && session.window !== null;
  const wanted = moment === left ? undefined : moment;
  if (canRewind && (wanted !== undefined || behindS !== undefined)) {
    const goLive = (): void => {
      rewind(undefined);
      leave(moment);
    };
    return (
      <LivePlayer
        session={session}
        {...(behindS !== undefined && { behindS })}
        moment={wanted}
        {...(onMoment && { onMoment })}
        onLive={goLive}
        className={className}
      />
    );
  }
  return (
    <TrackPlayer
      key={share.userId}
      roomName={roomName}
      share={share}
      pastFromMs={canRewind ? (session.window?.fromMs ?? null) : null}
      onRewind={rewind}
      className={className}
    />
  );
};
