/** What can be said of a share from the times of what happened: it flows, is muted, silent, lost or over. All times are steady. */
import { type WallMs, wallMs } from "@livekit-replay/contract";
import type { ShareTrack } from "@livekit-replay/media";

/** Limits in time; see `RecorderTimings`. */
export interface ShareTimings {
  readonly silentMs: number;
  readonly republishMs: number;
  readonly returnMs: number;
  readonly stalledMs: number;
}

/** A state and a sentence for the person; `state` null: nothing can be said yet. */
export interface WatchedState {
  readonly state: "flowing" | "muted" | "silent" | "ended" | null;
  readonly reason: string | null;
}

const nothing: WatchedState = { state: null, reason: null };

/** Made for one session. */
export class Watch {
  /** Why LiveKit does not give the track; null: it does. */
  refusal: string | null = null;
  readonly #timings: ShareTimings;
  #isJoined = true;
  #isMuted = false;
  /** Since when the person shares nothing; null: they do. */
  #absentSince: WallMs | null = null;
  /** How long that may last: somebody who was there and stopped comes back at once or not at all; after a loss they have to come back first. */
  #patienceMs: number;
  #subscribedAt: WallMs;
  /** Silence is measured from here, or from the last packet. */
  #expectedSince: WallMs;
  #lastPacketAt: WallMs | null = null;
  /** The first packet of the picture since something was expected. */
  #pictureAt: WallMs | null = null;
  #tries = 0;

  constructor(timings: ShareTimings, now: WallMs) {
    this.#timings = timings;
    this.#patienceMs = timings.republishMs;
    this.#subscribedAt = now;
    this.#expectedSince = now;
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** The person shares nothing. */
  absent(now: WallMs): void {
    this.#absentSince ??= now;
  }

  /** The person shares something new. */
  present(now: WallMs): void {
    this.#absentSince = null;
    this.#patienceMs = this.#timings.republishMs;
    this.#tries = 0;
    this.#expect(now);
  }

  mute(muted: boolean, now: WallMs): void {
    if (muted === this.#isMuted) return;
    this.#isMuted = muted;
    if (!muted) this.#expect(now);
  }

  /** The room is out of reach. */
  lost(now: WallMs): void {
    this.#absentSince = null;
    if (!this.#isJoined) return;
    this.#isJoined = false;
    this.#patienceMs = this.#timings.returnMs;
    this.#expect(now);
  }

  joined(now: WallMs): void {
    this.#isJoined = true;
    this.#expect(now);
  }

  packet(track: ShareTrack, now: WallMs): void {
    this.#lastPacketAt = now;
    if (track === "video") this.#pictureAt ??= now;
  }

  /** Asked for again; how often by now. */
  resubscribed(now: WallMs): number {
    this.#tries += 1;
    this.#subscribedAt = now;
    return this.#tries;
  }

  /** How long ago the tracks were asked for. */
  sinceSubscribed(now: WallMs): number {
    return now - this.#subscribedAt;
  }

  /** How long ago the picture began, first or anew; 0 while it has not, or is muted. */
  sincePicture(now: WallMs): number {
    return this.#isMuted || this.#pictureAt === null ? 0 : now - this.#pictureAt;
  }

  /** Nothing has ever come of what was asked for. The patience doubles with each try. */
  isStalled(now: WallMs): boolean {
    if (!this.#isJoined || this.#isMuted || this.#pictureAt !== null || this.#absentSince !== null) return false;
    return this.sinceSubscribed(now) > this.#timings.stalledMs * 2 ** Math.min(this.#tries, 8);
  }

  state(now: WallMs): WatchedState {
    if (this.#absentSince !== null && now - this.#absentSince > this.#patienceMs) return { state: "ended", reason: "The share has ended" };
    if (!this.#isJoined || this.#absentSince !== null) return nothing;
    if (this.#isMuted) return { state: "muted", reason: "The share is muted" };
    const quietMs = now - Math.max(this.#lastPacketAt ?? 0, this.#expectedSince);
    if (quietMs > this.#timings.silentMs) return { state: "silent", reason: this.refusal ?? "Nothing comes from the share" };
    return this.#lastPacketAt !== null && this.#lastPacketAt >= this.#expectedSince ? { state: "flowing", reason: null } : nothing;
  }

  #expect(now: WallMs): void {
    this.#subscribedAt = now;
    this.#expectedSince = wallMs(now);
    this.#pictureAt = null;
    this.refusal = null;
  }
}
