/**
 * Being in one LiveKit room: joins with a token of the server, comes back by itself when the connection is lost for good, and leaves cleanly.
 * LiveKit renews the token of who is connected; each new join brings a fresh one from the server.
 */
import { backoffMs, pause, type ReplayClient } from "@livekit-replay/client";
import type { Room } from "livekit-client";
import { until } from "../store/until.js";
import { Value } from "../store/value.js";
import { connectionFailure, disconnection, isTokenWait, mayPass } from "./error.js";
import { loadLivekit, type Livekit } from "./library.js";
import { notJoined, readRoom, type LivekitConnection, type LivekitSnapshot } from "./snapshot.js";

/** Which room, and which of the person's devices this is. */
export interface MembershipOptions {
  readonly client: ReplayClient;
  readonly roomName: string;
  readonly device: string;
  /** Default: livekit-client. */
  readonly load?: () => Promise<Livekit>;
}

/** A room that is joined, for who publishes or watches in it. */
export interface Joined {
  readonly livekit: Livekit;
  readonly room: Room;
}

/** Somebody who has never been in the room is told after so many tries; who has been waits as long as it takes. */
const FIRST_TRIES = 3;

/** So long LiveKit may be silent before it is said. */
const UNHEARD_MS = 2000;

/** In the room from construction until `close`. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #abort = new AbortController();
  readonly #value = new Value<LivekitSnapshot>({ ...notJoined, connection: { state: "joining" } });
  readonly #joined = new Value<Joined | undefined>(undefined);
  /** The page was left (it may come back from the browser's cache). */
  readonly #away = new Value(false);
  /** Counts the person's wishes to try again. */
  readonly #wishes = new Value(0);
  readonly #done: Promise<void>;
  #room: Room | undefined;

  /** Begins at once. */
  constructor(options: MembershipOptions) {
    this.#options = options;
    globalThis.addEventListener?.("pagehide", this.#hide);
    globalThis.addEventListener?.("pageshow", this.#show);
    globalThis.addEventListener?.("online", this.retry);
    this.#done = this.#run();
  }

  /** The room as it is, for everybody who shows it. */
  get value(): Value<LivekitSnapshot> {
    return this.#value;
  }

  /** The connection, while there is one. Another object after each new join. */
  get joined(): Value<Joined | undefined> {
    return this.#joined;
  }

  /** Joins again after a failure. */
  readonly retry = (): void => this.#wishes.set(this.#wishes.get() + 1);

  /** Leaves the room. Idempotent; resolves when LiveKit knows, or cannot be told. */
  async close(): Promise<void> {
    this.#abort.abort();
    globalThis.removeEventListener?.("pagehide", this.#hide);
    globalThis.removeEventListener?.("pageshow", this.#show);
    globalThis.removeEventListener?.("online", this.retry);
    await this.#room?.disconnect(false);
    await this.#done;
  }

  readonly #hide = (): void => {
    this.#away.set(true);
    void this.#room?.disconnect(false);
  };

  readonly #show = (): void => this.#away.set(false);

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    let wasIn = false;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        this.#say({ state: wasIn ? "reconnecting" : "joining" });
        await this.#visit(() => ([wasIn, attempt] = [true, 0]));
      } catch (error) {
        if (signal.aborted) break;
        const patient = wasIn || isTokenWait(error);
        if (!this.#away.get() && (!mayPass(error) || (!patient && attempt >= FIRST_TRIES))) {
          await this.#fail(error);
          attempt = 0;
          continue;
        }
      }
      await until(this.#away, (away) => !away, signal);
      await pause(backoffMs(Math.max(1, attempt), { firstMs: 500, maxMs: 8000 }), signal);
    }
    this.#value.set(notJoined);
  }

  /** Says why the page is not in the room, and waits until somebody wants to try again. */
  async #fail(error: unknown): Promise<void> {
    const wishes = this.#wishes.get();
    this.#say({ state: "failed", error });
    await until(this.#wishes, (now) => now !== wishes, this.#abort.signal);
  }

  /** Joins once and stays until the connection is lost for good, which it throws. */
  async #visit(onJoined: () => void): Promise<void> {
    const { client, roomName, device, load = loadLivekit } = this.#options;
    const { signal } = this.#abort;
    const [livekit, token] = await Promise.all([load(), client.livekit.token({ roomName, device }, signal)]);
    signal.throwIfAborted();
    const room = new livekit.Room({ adaptiveStream: true, disconnectOnPageLeave: false, stopLocalTrackOnUnpublish: false });
    this.#room = room;
    const lost = Promise.withResolvers<Error>();
    room.on(livekit.RoomEvent.Disconnected, (reason) => lost.resolve(disconnection(livekit, reason)));
    this.#follow(livekit, room);
    try {
      await this.#connect(livekit, room, token);
      onJoined();
      this.#say({ state: "joined" });
      this.#joined.set({ livekit, room });
      throw await lost.promise;
    } finally {
      this.#joined.set(undefined);
      room.removeAllListeners();
      await room.disconnect(false);
    }
  }

  async #connect(livekit: Livekit, room: Room, { url, token }: { readonly url: string; readonly token: string }): Promise<void> {
    try {
      // Only what somebody looks at is asked for: a room may be full of cameras.
      await room.connect(url, token, { autoSubscribe: false });
    } catch (error) {
      throw connectionFailure(livekit, error);
    }
    this.#abort.signal.throwIfAborted();
    this.#value.set({ ...this.#value.get(), ...readRoom(livekit, room) });
  }

  /** Reads the room anew after each event that changes what is shown of it. */
  #follow(livekit: Livekit, room: Room): void {
    const { RoomEvent } = livekit;
    const read = (): void => this.#value.set({ ...this.#value.get(), ...readRoom(livekit, room) });
    for (const event of [
      RoomEvent.ParticipantConnected,
      RoomEvent.ParticipantDisconnected,
      RoomEvent.ParticipantNameChanged,
      RoomEvent.TrackPublished,
      RoomEvent.TrackUnpublished,
      RoomEvent.TrackSubscribed,
      RoomEvent.TrackUnsubscribed,
      RoomEvent.TrackMuted,
      RoomEvent.TrackUnmuted,
      RoomEvent.LocalTrackPublished,
      RoomEvent.LocalTrackUnpublished,
      RoomEvent.RecordingStatusChanged,
    ])
      room.on(event, read);
    // A signal connection that is resumed at once is nobody's concern; one that is not will end in more.
    let unheard: ReturnType<typeof setTimeout> | undefined;
    const say = (state: "reconnecting" | "joined"): void => {
      clearTimeout(unheard);
      this.#say({ state });
    };
    room.on(RoomEvent.SignalReconnecting, () => {
      clearTimeout(unheard);
      unheard = setTimeout(() => say("reconnecting"), UNHEARD_MS);
    });
    room.on(RoomEvent.Reconnecting, () => say("reconnecting"));
    room.on(RoomEvent.Reconnected, () => {
      read();
      say("joined");
    });
    room.on(RoomEvent.Disconnected, () => clearTimeout(unheard));
  }

  #say(connection: LivekitConnection): void {
    const shown = connection.state === "failed" ? notJoined : this.#value.get();
    this.#value.set({ ...shown, connection });
  }
}
