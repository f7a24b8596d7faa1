/** What is trimmed, as the editor sees it: what there is, its frames and pictures, how its times are those of the player, and how a part is kept. */
import type { ReplayClient, StripImage } from "@livekit-replay/client";
import type { Clip, Session } from "@livekit-replay/contract";
import { bytesOf, missingIn } from "../buffer/range.js";
import type { CaptureStore } from "../capture/store.js";
import { percentOf } from "../clips/conversion.js";
import { momentAt, positionOf } from "../player/moments.js";
import { unsigned, type PlayerSource } from "../player/source.js";
import type { PlayerState } from "../player/store.js";
import type { AskFrames, Bounds } from "./frames.js";
import { rangeOf, trimOf, type Part } from "./part.js";
import type { SessionRange } from "./target.js";

/** A clip or a buffer's range. Times are its own, in ms. */
export interface TrimSource {
  readonly kind: "clip" | "range";
  /** What there is at this moment. */
  readonly bounds: Bounds;
  /** More is to come at its end. */
  readonly growing: boolean;
  readonly ask: AskFrames;
  readonly pictures: (view: Bounds, count: number, signal: AbortSignal) => Promise<StripImage>;
  /** Undefined: it cannot be played yet. */
  readonly player: PlayerSource | undefined;
  /** Position in the player, in seconds, of an own time; undefined where the player does not know (yet). */
  readonly toPosition: (state: PlayerState, ms: number) => number | undefined;
  readonly toOwn: (state: PlayerState, positionS: number) => number | undefined;
  /** What plays between two instants, without what is missing. */
  readonly playedMs: (fromMs: number, toMs: number) => number;
  /** About how many bytes a part has. */
  readonly bytes: (fromMs: number, toMs: number) => number;
  /** Keeps a part. Throws what was refused. */
  readonly keep: (part: Part, title: string) => Promise<Clip>;
  readonly hasSound: boolean;
  readonly title: string;
}

const noPart = (): never => {
  throw new TypeError("part must stand on frames");
};

/** A clip's playlist begins so far inside of its first frame (`clipPlaylist` of the media package), and players count from there. */
const INTO_FIRST_MS = 0.1;

/**
 * How a clip is played so that its times are exact: from the MP4, which the server answers with as soon as it is made, if that is a matter of seconds.
 * What plays before (the playlist) ends with what had arrived at the press; frames that were on their way are in the MP4 only. Where it is encoded, which
 * takes longer, the playlist is better than nothing, if it plays without a joint.
 */
export const clipPlayer = (client: ReplayClient, clip: Clip): PlayerSource | undefined => {
  const { state, links, gaps } = clip;
  if (state !== "ready" && links.webm !== null) return { kind: "file", url: client.link(links.webm) };
  if (state === "ready" || percentOf(clip, "mp4") === undefined) return { kind: "file", url: client.link(links.download) };
  return links.playlist !== null && gaps.length === 0
    ? { kind: "hls", url: unsigned(client.link(links.playlist)), live: false }
    : undefined;
};

const intoFirstMs = (player: PlayerSource | undefined): number => (player?.kind === "hls" ? INTO_FIRST_MS : 0);

/** A clip, and what it is played from. */
export const ofClip = (client: ReplayClient, clip: Clip, player: PlayerSource | undefined): TrimSource => ({
  kind: "clip",
  bounds: { fromMs: 0, toMs: clip.durationMs },
  growing: false,
  ask: (fromMs, lengthMs) => client.clips.frames(clip.id, { fromMs, lengthMs }),
  pictures: (_, count, signal) => client.clips.strip(clip.id, { count }, signal),
  player,
  toPosition: (_, ms) => (ms - intoFirstMs(player)) / 1000,
  toOwn: (_, positionS) => positionS * 1000 + intoFirstMs(player),
  playedMs: (fromMs, toMs) => toMs - fromMs,
  bytes: (fromMs, toMs) => Math.round((clip.sizeBytes * (toMs - fromMs)) / Math.max(1, clip.durationMs)),
  keep: async ({ start, end }, title) => {
    const part = await client.clips.trim(clip.id, trimOf(start.frame ?? noPart(), end.frame ?? noPart()));
    // It is kept, whatever becomes of its title.
    return title === part.title ? part : await client.clips.edit(part.id, { title }).catch(() => part);
  },
  hasSound: clip.audio !== null,
  title: clip.title,
});

/** A gap that is longer is left out of what plays. */
const LONGEST_HOLD_MS = 1000;

/** Around the range that was chosen, so that its ends can also be moved outwards. */
const MARGIN_MS = 5000;
const MARGIN_PART = 0.15;

/** What the editor shows of a buffer: the range with some before and after it, as far as there is. */
export const viewOf = ({ session, range }: SessionRange): Bounds => {
  const margin = Math.max(MARGIN_MS, (range.toMs - range.fromMs) * MARGIN_PART);
  const { fromMs = range.fromMs, toMs = range.toMs } = session.window ?? {};
  // What was chosen up to now is in segments that close in a moment.
  return { fromMs: Math.max(fromMs, range.fromMs - margin), toMs: Math.max(range.toMs, Math.min(toMs, range.toMs + margin)) };
};

/** A range of a buffer. `session` is how it is now, `view` what is shown of it. */
export const ofRange = (
  { client, captures }: { readonly client: ReplayClient; readonly captures: CaptureStore },
  session: Session,
  view: Bounds,
): TrimSource => {
  const { window } = session;
  const gaps = window?.gaps.filter(({ fromMs, toMs }) => toMs - fromMs > LONGEST_HOLD_MS) ?? [];
  const { live } = session.links;
  return {
    kind: "range",
    bounds: { fromMs: Math.max(view.fromMs, window?.fromMs ?? view.fromMs), toMs: Math.min(view.toMs, window?.toMs ?? view.toMs) },
    growing: session.state === "active" && session.pausedAtMs === null && (window?.toMs ?? 0) < view.toMs,
    ask: (fromMs, lengthMs) => client.sessions.frames(session.id, { fromMs, lengthMs }),
    pictures: ({ fromMs, toMs }, count, signal) =>
      client.sessions.strip(session.id, { fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs), count }, signal),
    player: live === null ? undefined : { kind: "hls", url: unsigned(client.link(live)), live: true },
    toPosition: (state, ms) => positionOf(state.live?.pieces ?? [], ms),
    toOwn: (state, positionS) => momentAt(state.live?.pieces ?? [], positionS),
    playedMs: (fromMs, toMs) => toMs - fromMs - missingIn(gaps, { fromMs, toMs }),
    bytes: (fromMs, toMs) => (window === null ? 0 : bytesOf(window, { fromMs, toMs })),
    keep: async ({ start, end }, title) => {
      const range = rangeOf(start.frame ?? noPart(), end.frame ?? noPart());
      const { state } = await captures.press({
        sessionId: session.id,
        sessionStartedAtMs: session.startedAtMs,
        lengthMs: range.toMs - range.fromMs,
        range,
        title,
      });
      if (state.is === "kept") return state.clip;
      throw state.is === "failed" ? state.error : new TypeError("press must come out");
    },
    hasSound: true,
    title: `${session.owner.name} in ${session.roomName}`,
  };
};
