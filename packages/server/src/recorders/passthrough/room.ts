/**
 * One LiveKit room while it has sessions: joined with the first, left with the last, joined again whenever the connection is lost.
 * Retrying has one owner: this.
 */
import { setTimeout as pause } from "node:timers/promises";
import {
  type Millis,
  type RecorderMessage,
  type RecorderRequest,
  ReplayError,
  type TailEntry,
  type WallMs,
} from "@livekit-replay/contract";
import { steadyNow, wallNow } from "../clock.js";
import { addDrops, type Drops } from "../share/drops.js";
import type { SegmentFiles } from "../writing/session.js";
import { type ChosenTracks, refusalOf, requestedTracks, type WantedTracks } from "./choose.js";
import { asJoinError, RoomConnection, type RoomConnectionOptions } from "./connection.js";
import { type JoinError, roomClosed, type RoomEnd } from "./error.js";
import { isRoomGone } from "./gone.js";
import { SessionFiles } from "./files.js";
import { Routes } from "./route.js";
import { RoomShare } from "./share.js";
import type { ShareTimings } from "./watch.js";

/** A session to record. */
export type RecordRequest = Extract<RecorderRequest, { type: "record" }>;

/** A session's folder: where its files go, and which run comes next. */
export interface RoomFiles extends SegmentFiles {
  nextRun(): Promise<number>;
}

/** Options of a `Room`. */
export interface RoomOptions extends RoomConnectionOptions {
  readonly timings: ShareTimings;
  readonly segmentMs: Millis;
  /** Opens a session's folder for writing. */
  readonly openFiles: (folder: { roomName: string; userId: string; sessionId: string }) => Promise<RoomFiles>;
  readonly notify: (message: RecorderMessage) => void;
  /** Something that is nobody's fault outside: logged. */
  readonly onError: (error: unknown, sessionId: string) => void;
  /** The connection was lost or could not be made, and is tried again. */
  readonly onTrouble: (trouble: { readonly reason: string }) => void;
  /** It has no session any more, or will never have one. */
  readonly onIdle: (room: Room) => void;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** A stay this long was a good one: the next pause is short again. */
const GOOD_STAY_MS = 10_000;
/** A share that was just published may not be known yet when the room is joined. */
const APPEAR_MS = 1_000;

/** Lives until its last session is gone; `close` ends all of them. */
export class Room {
  readonly name: string;
  readonly #options: RoomOptions;
  readonly #shares = new Map<string, RoomShare>();
  readonly #subscribed = new Set<string>();
  readonly #routes = new Routes();
  readonly #stop = new AbortController();
  /** Ends the stay that is under way. */
  #leave: (() => void) | null = null;
  /** Who waits for the room to be joined. */
  #joining = Promise.withResolvers<RoomConnection>();
  /** Who waits for something to change in it. */
  #changed = Promise.withResolvers<void>();
  #connection: RoomConnection | null = null;
  /** Requests that are being answered. */
  #pending = 0;
  #pastDrops: Drops = {};
  #closed = false;

  constructor(options: RoomOptions) {
    this.name = options.roomName;
    this.#options = options;
    this.#joining.promise.catch(() => {});
    void this.#keepJoined();
  }

  get sessionIds(): string[] {
    return [...this.#shares.keys()];
  }

  /** What was dropped so far, by what. */
  get drops(): Drops {
    const own = { unroutedPackets: this.#routes.unknown, refusedFeedback: this.#connection?.refused ?? 0 };
    return [...this.#shares.values()].reduce((sum, share) => addDrops(sum, share.drops), addDrops(this.#pastDrops, own));
  }

  /**
   * Begins to record. Throws `not_sharing`, `encrypted_room`, `unsupported_codec`, `recorder_unavailable`; nothing is left then.
   * Another session of the same person in this room is ended: it is the same share.
   */
  async record(request: RecordRequest): Promise<void> {
    this.#pending += 1;
    try {
      const chosen = await this.#find(request);
      const { sessionId, identity, firstRunReason } = request;
      const { openFiles, segmentMs, timings, notify, onError } = this.#options;
      const folder = await openFiles(request);
      const files = new SessionFiles(folder);
      // A process that died may have written files of a run of which it could not tell any more.
      const firstRun = Math.max(request.firstRun, await folder.nextRun());
      if (this.#closed) {
        await files.close();
        throw new ReplayError("recorder_unavailable");
      }
      await this.#ofIdentity(identity)?.end("Another session records this share now");
      const wanted: WantedTracks = { videoTrackId: chosen.video.sid, audioTrackId: chosen.audio?.sid ?? null };
      const share = new RoomShare(
        {
          sessionId,
          identity,
          wanted,
          firstRun,
          firstRunReason,
          files,
          segmentMs,
          timings,
          send: (packet) => this.#connection?.send(packet),
          onStreams: () => this.#route(),
          notify,
          onError: (error) => onError(error, sessionId),
          onEnded: (ended) => this.#remove(ended),
        },
        steadyNow(),
      );
      this.#shares.set(sessionId, share);
      if (this.#connection === null) share.lost("LiveKit cannot be reached", steadyNow());
      this.#review();
    } finally {
      this.#pending -= 1;
      this.#leaveWhenIdle();
    }
  }

  /** Stops a session; resolves when its last segment is announced. Idempotent. */
  async stop(sessionId: string): Promise<void> {
    const share = this.#shares.get(sessionId);
    if (!share) return;
    await share.close();
    this.#remove(share);
  }

  /** See `RecorderPort.tail`; called when the instant has passed. */
  async tail(sessionId: string, captureId: string, cutAt: WallMs): Promise<TailEntry | null> {
    return (await this.#shares.get(sessionId)?.tail(captureId, cutAt)) ?? null;
  }

  /** Lets time pass. */
  tick(wall: WallMs, now: WallMs): void {
    for (const share of this.#shares.values()) if (share.tick(wall, now)) this.#unstick(share, now);
  }

  /** Ends every session (open GOPs are written and announced) and leaves. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stop.abort();
    this.#leave?.();
    this.#joining.reject(new ReplayError("recorder_unavailable"));
    await Promise.all([...this.#shares.values()].map((share) => share.close()));
    this.#connection?.close();
    this.#connection = null;
  }

  /** Waits for the room, and a moment for the share to be seen in it. */
  async #find(request: RecordRequest): Promise<ChosenTracks> {
    const { joinMs } = this.#options;
    const deadline = performance.now() + joinMs;
    const connection = await withLimit(this.#joining.promise, joinMs);
    if (connection === null) throw new ReplayError("recorder_unavailable", { detail: "LiveKit cannot be reached" });
    const appearBy = Math.min(deadline, performance.now() + APPEAR_MS);
    for (;;) {
      const chosen = requestedTracks(connection.presence.tracksOf(request.identity), request);
      const refusal = chosen === null ? null : refusalOf(chosen);
      if (refusal !== null) throw refusal;
      if (chosen !== null) return chosen;
      const leftMs = appearBy - performance.now();
      if (
        leftMs <= 0 ||
        (await withLimit(
          this.#changed.promise.then(() => true),
          leftMs,
        )) === null
      )
        throw new ReplayError("not_sharing");
    }
  }

  #ofIdentity(identity: string): RoomShare | undefined {
    return [...this.#shares.values()].find((share) => share.identity === identity);
  }

  #remove(share: RoomShare): void {
    if (this.#shares.get(share.sessionId) !== share) return;
    this.#shares.delete(share.sessionId);
    this.#pastDrops = addDrops(this.#pastDrops, share.drops);
    if (this.#leaveWhenIdle()) return;
    this.#review();
  }

  /** Nobody may see a recording indicator without a recording. */
  #leaveWhenIdle(): boolean {
    if (this.#shares.size > 0 || this.#pending > 0 || this.#closed) return false;
    void this.close();
    this.#options.onIdle(this);
    return true;
  }

  async #keepJoined(): Promise<void> {
    for (let failures = 0; !this.#closed;) {
      let isUnsaid = false;
      try {
        const connection = await RoomConnection.join(this.#options);
        const end = await this.#stay(connection);
        if (end === null) return;
        isUnsaid = end.kind === "unsaid";
        failures = connection.openMs > GOOD_STAY_MS ? 0 : failures + 1;
        await this.#left(end);
      } catch (error) {
        failures += 1;
        this.#failed(asJoinError(error));
      }
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2);
      await pause(pauseMs, null, { signal: this.#stop.signal }).catch(() => null);
      if (isUnsaid && !this.#closed && (await isRoomGone(this.#options))) await this.#endAll(roomClosed);
    }
  }

  /** From joining to the end of the connection; null: we left. */
  #stay(connection: RoomConnection): Promise<RoomEnd | null> {
    if (this.#closed) {
      connection.close();
      return Promise.resolve(null);
    }
    const { promise, resolve } = Promise.withResolvers<RoomEnd | null>();
    this.#leave = () => resolve(null);
    this.#connection = connection;
    const now = steadyNow();
    for (const share of this.#shares.values()) share.joined(now);
    connection.listen({
      onPresence: () => this.#review(),
      onSections: () => this.#bind(),
      onPacket: (packet) => this.#routes.deliver(packet, wallNow(), steadyNow()),
      onGrant: (trackSid, refusal) => {
        for (const share of this.#shares.values()) share.granted(trackSid, refusal);
      },
      onEnd: resolve,
    });
    this.#joining.resolve(connection);
    this.#review();
    return promise;
  }

  async #left(end: RoomEnd): Promise<void> {
    this.#pastDrops = addDrops(this.#pastDrops, { refusedFeedback: this.#connection?.refused ?? 0 });
    this.#connection = null;
    this.#joining = Promise.withResolvers();
    this.#joining.promise.catch(() => {});
    this.#subscribed.clear();
    this.#options.onTrouble(end);
    const now = steadyNow();
    if (end.kind !== "closed") for (const share of this.#shares.values()) share.lost(end.reason, now);
    this.#route();
    if (end.kind === "closed") await this.#endAll(end.reason);
  }

  /** The room is gone; it must not be made again by joining it. With its last session this leaves it. */
  async #endAll(reason: string): Promise<void> {
    await Promise.all([...this.#shares.values()].map((share) => share.end(reason)));
  }

  #failed(error: JoinError): void {
    this.#options.onTrouble({ reason: error.message });
    const now = steadyNow();
    for (const share of this.#shares.values()) {
      if (error.problem === "absent") share.look([], now);
      else share.lost(error.message, now);
    }
    const isAbsent = error.problem === "absent";
    this.#joining.reject(isAbsent ? new ReplayError("not_sharing") : new ReplayError("recorder_unavailable", { detail: error.message }));
    this.#joining = Promise.withResolvers();
    this.#joining.promise.catch(() => {});
  }

  /** What is shared has changed, or who is recorded. */
  #review(): void {
    const connection = this.#connection;
    if (connection === null) return;
    const now = steadyNow();
    for (const share of this.#shares.values()) share.look(connection.presence.tracksOf(share.identity), now);
    const wanted = new Set([...this.#shares.values()].flatMap((share) => share.trackIds));
    connection.unsubscribe([...this.#subscribed].filter((sid) => !wanted.has(sid)));
    connection.subscribe([...wanted].filter((sid) => !this.#subscribed.has(sid)));
    this.#subscribed.clear();
    for (const sid of wanted) this.#subscribed.add(sid);
    this.#bind();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #bind(): void {
    const tracks = this.#connection?.tracks ?? new Map();
    const now = steadyNow();
    for (const share of this.#shares.values()) share.bind(tracks, now);
    this.#route();
  }

  #route(): void {
    this.#routes.set([...this.#shares.values()]);
  }

  /** Nothing has ever come of a share: LiveKit is asked again; when nothing else flows, from the beginning. */
  #unstick(share: RoomShare, now: WallMs): void {
    const isTried = share.resubscribed(now) > 1;
    const others = [...this.#shares.values()].some((other) => other.isFlowing);
    if (isTried && !others) this.#connection?.giveUp("Nothing comes from LiveKit");
    this.#connection?.unsubscribe(share.trackIds);
    this.#connection?.subscribe(share.trackIds);
  }
}

/** What a promise gives; null when it takes too long. */
async function withLimit<T>(promise: Promise<T>, limitMs: number): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const limit = setTimeout(() => resolve(null), limitMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(limit);
  }
}
