/**
 * Publishes a screen share in a LiveKit room and asks the server to keep it. While the MediaStream lives, a lost connection ends in a new
 * publication of the same person, which goes on in the same session.
 */
import {
  backoffMs,
  hintContent,
  isRefusal,
  localNow,
  pause,
  RefusedError,
  UnreachableError,
  type PublisherState,
  type ReplayClient,
} from "@livekit-replay/client";
import { errorCatalogue } from "@livekit-replay/contract";
import type { Joined, Membership } from "../livekit/membership.js";
import { publishScreen, screenTracks, unpublishScreen, type ShareCodec } from "../livekit/publish.js";
import type { LivekitRooms } from "../livekit/rooms.js";
import { userOf } from "../livekit/snapshot.js";
import { until } from "../store/until.js";

/** What is published, where, and who is told. */
export interface RoomPublisherOptions {
  readonly client: ReplayClient;
  readonly rooms: LivekitRooms;
  readonly roomName: string;
  /** From `getDisplayMedia`. Its tracks are stopped at the end. */
  readonly stream: MediaStream;
  readonly codec: ShareCodec;
  readonly onState: (state: PublisherState) => void;
}

/** So long the server may not have seen the share yet, or may still have the one that a reload ended. */
const BEGIN_MS = 10_000;

/** True when asking again may help. `kept`: it was kept once, so that the person relies on it. */
const isPassing = (error: unknown, kept: boolean): boolean => {
  if (!(error instanceof RefusedError)) return error instanceof UnreachableError;
  return error.code === "not_sharing" || error.code === "recorder_unavailable" || (kept && errorCatalogue[error.code].retryable);
};

/** A share on its way into the room, from construction until `close` or the end of its video track. */
export class RoomPublisher {
  readonly #options: RoomPublisherOptions;
  readonly #abort = new AbortController();
  readonly #ending = Promise.withResolvers<void>();
  readonly #membership: Membership;
  readonly #release: () => void;
  readonly #done: Promise<void>;
  /** The server has kept this share once: the person relies on it. */
  #kept = false;

  /** Begins at once. */
  constructor(options: RoomPublisherOptions) {
    this.#options = options;
    const { membership, release } = options.rooms.acquire(options.roomName);
    this.#membership = membership;
    this.#release = release;
    for (const track of options.stream.getVideoTracks()) {
      hintContent(track);
      // The browser's own bar has a button that ends the share.
      track.addEventListener("ended", this.#end);
    }
    this.#done = this.#run();
  }

  /** Ends the share: takes it out of the room and stops the tracks. Idempotent. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#ending.resolve();
    await this.#done;
  }

  readonly #end = (): void => void this.close();

  async #run(): Promise<void> {
    // Whoever makes the publisher has it in hand before the first callback comes.
    await Promise.resolve();
    const { stream, onState } = this.#options;
    onState({ state: "connecting" });
    let error: unknown;
    try {
      await this.#keepPublished();
    } catch (cause) {
      if (!this.#abort.signal.aborted) error = cause;
    }
    const joined = this.#membership.joined.get();
    // Whoever cannot be told any more sees the participant leave.
    if (joined !== undefined) await unpublishScreen(joined, stream).catch(() => undefined);
    for (const track of stream.getTracks()) {
      track.removeEventListener("ended", this.#end);
      track.stop();
    }
    this.#release();
    onState(error === undefined ? { state: "ended" } : { state: "failed", error });
  }

  /** Publishes after each join until the share ends. Throws when it cannot go on. */
  async #keepPublished(): Promise<void> {
    const { signal } = this.#abort;
    const { onState } = this.#options;
    while (!signal.aborted) {
      const joined = await this.#join();
      if (joined === undefined) return;
      try {
        await this.#publish(joined);
      } catch (error) {
        if (this.#isIn(joined) || signal.aborted) throw error;
      }
      if (!signal.aborted) onState({ state: this.#kept ? "reconnecting" : "connecting" });
    }
  }

  /** Publishes once, and stays until the room is lost for good or the share ends. */
  async #publish(joined: Joined): Promise<void> {
    const { onState, stream, codec } = this.#options;
    await publishScreen(joined, stream, codec);
    await this.#begin(joined);
    if (!this.#abort.signal.aborted) onState({ state: "publishing" });
    await this.#stay(joined);
  }

  #isIn(joined: Joined): boolean {
    return this.#membership.joined.get() === joined;
  }

  /** Waits for the room; undefined when the share ended meanwhile. Throws why it cannot be joined. */
  async #join(): Promise<Joined | undefined> {
    const { signal } = this.#abort;
    const { joined, value } = this.#membership;
    const failed = new AbortController();
    const stop = value.subscribe(() => {
      if (value.get().connection.state === "failed") failed.abort();
    });
    try {
      if (value.get().connection.state === "failed") this.#membership.retry();
      await until(joined, (now) => now !== undefined, AbortSignal.any([signal, failed.signal]));
    } finally {
      stop();
    }
    const { connection } = value.get();
    if (connection.state === "failed") throw connection.error;
    return signal.aborted ? undefined : joined.get();
  }

  /** Asks the server to keep the share. It may do so already: by itself, or because it goes on after a break. */
  async #begin(joined: Joined): Promise<void> {
    const { signal } = this.#abort;
    const begunAtMs = localNow();
    for (let attempt = 1; !signal.aborted && this.#isIn(joined); attempt += 1) {
      try {
        await Promise.race([this.#start(joined), this.#ending.promise]);
        this.#kept = true;
        return;
      } catch (error) {
        const active = isRefusal(error, "already_active");
        if (active && (await this.#isOurs(joined))) {
          this.#kept = true;
          return;
        }
        const late = localNow() - begunAtMs > BEGIN_MS;
        if (active ? late : !isPassing(error, this.#kept) || (late && !this.#kept)) throw error;
      }
      await pause(backoffMs(attempt, { firstMs: 400, maxMs: 2000 }), signal);
    }
  }

  async #start(joined: Joined): Promise<void> {
    const { client, roomName } = this.#options;
    await client.sessions.start({ roomName, ...screenTracks(joined) });
  }

  /** True when the active session of the person is this share's, and not one of another tab, another room or OBS. */
  async #isOurs({ livekit, room }: Joined): Promise<boolean> {
    const { client, roomName } = this.#options;
    const me = userOf(room.localParticipant.identity);
    const elsewhere = [...room.remoteParticipants.values()].some(
      (other) => userOf(other.identity) === me && other.getTrackPublication(livekit.Track.Source.ScreenShare) !== undefined,
    );
    if (elsewhere) return false;
    const { sessions } = await client.sessions.status(roomName, this.#abort.signal);
    return sessions.some((session) => session.owner.userId === me && session.state === "active" && session.recorder !== "whip");
  }

  /** Until the room is lost for good or the share ends. Breaks that LiveKit mends itself are told, and the server is asked again after them. */
  async #stay(joined: Joined): Promise<void> {
    const { signal } = this.#abort;
    const { onState } = this.#options;
    const { value } = this.#membership;
    let broken = false;
    const mend = async (): Promise<void> => {
      await this.#begin(joined);
      if (!signal.aborted && this.#isIn(joined)) onState({ state: "publishing" });
    };
    const failed = Promise.withResolvers<never>();
    const stop = value.subscribe(() => {
      const { state } = value.get().connection;
      if (state === "reconnecting" && !broken) {
        broken = true;
        onState({ state: "reconnecting" });
      } else if (state === "joined" && broken) {
        broken = false;
        mend().catch((error: unknown) => failed.reject(error));
      }
    });
    try {
      await Promise.race([until(this.#membership.joined, (now) => now !== joined, signal), failed.promise]);
    } finally {
      stop();
    }
  }
}
