/** Counters of a track as `ShareStats` shows them. */
import type { WallMs } from "@livekit-replay/contract";
import type { RtpReceiver } from "../rtp/receiver.js";
import type { TrackStats } from "./options.js";

/** A snapshot of a track's counters; `malformed` packets count as rejected too. `wall` turns the receiver's times into wall time. */
export const trackStats = (receiver: RtpReceiver, malformed: number, wall: (time: WallMs | null) => WallMs | null): TrackStats => ({
  ...receiver.counters,
  rejected: receiver.counters.rejected + malformed,
  waitingPackets: receiver.waitingPackets,
  waitingBytes: receiver.waitingBytes,
  jitterMs: receiver.jitterMs,
  lastPacketAt: wall(receiver.lastPacketAt),
  goodbyeAt: wall(receiver.goodbyeAt),
});

/** The later of two instants; null only when both are. */
export function latest(a: WallMs | null, b: WallMs | null): WallMs | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
