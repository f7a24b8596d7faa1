/**
 * My own share: asks the browser for a screen, publishes it (in the LiveKit room where there is one, straight to the server by WHIP otherwise),
 * and keeps it published wherever the person goes in the page.
 */
import { ScreenPublisher, type PublisherState, type ReplayClient } from "@livekit-replay/client";
import type { RoomEvent } from "@livekit-replay/contract";
import type { ShareCodec } from "../livekit/publish.js";
import type { LivekitRooms } from "../livekit/rooms.js";
import type { RoomStores } from "../rooms/store.js";
import { Value } from "../store/value.js";
import { askForScreen, type Surface } from "./ask.js";
import { RoomPublisher } from "./room-publisher.js";

/** My share. `failed` keeps the reason until the next try. */
export type ShareState =
  | { readonly state: "idle" }
  | { readonly state: "asking"; readonly roomName: string }
  | { readonly state: "connecting" | "publishing" | "reconnecting"; readonly roomName: string; readonly stream: MediaStream }
  | { readonly state: "failed"; readonly roomName: string; readonly error: unknown };

const idle: ShareState = { state: "idle" };

/** What a share needs of the rest of the page. */
export interface ShareStoreOptions {
  readonly client: ReplayClient;
  readonly rooms: RoomStores;
  readonly livekit: LivekitRooms;
  /** Who is signed in. */
  readonly userId: () => string | undefined;
  /** True where shares go through LiveKit (`me.livekit`). Asked after the person has chosen a screen. */
  readonly usesLivekit: () => Promise<boolean>;
  /** Codec in LiveKit rooms. Default: H.264. */
  readonly codec?: ShareCodec;
}

/** Either way of publishing. */
interface Publisher {
  close(): Promise<void>;
  republish?(): void;
}

/**
 * In a LiveKit room a session ends for a moment when the connection is mended: LiveKit takes the tracks away and brings new ones, and the session
 * goes on with them by itself. One that stays ended for so long was stopped.
 */
const MEND_MS = 8000;

/** One share at a time. */
export class ShareStore {
  readonly #options: ShareStoreOptions;
  readonly #value = new Value<ShareState>(idle);
  #publisher: Publisher | undefined;
  #release: (() => void) | undefined;
  /** The session that this share feeds, once the room has told. */
  #sessionId: string | undefined;
  #stopping: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ShareStoreOptions) {
    this.#options = options;
  }

  get value(): Value<ShareState> {
    return this.#value;
  }

  /** Asks what to share and publishes it. Must be called from a press (browsers ask for one). Does nothing while a share runs. */
  async start(roomName: string, surface: Surface = "anything"): Promise<void> {
    const now = this.#value.get().state;
    if (now !== "idle" && now !== "failed") return;
    this.#value.set({ state: "asking", roomName });
    let stream: MediaStream | null = null;
    try {
      stream = await askForScreen(surface);
      if (stream === null) this.#value.set(idle);
      else this.#publish(roomName, stream, await this.#options.usesLivekit());
    } catch (error) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      this.#value.set({ state: "failed", roomName, error });
    }
  }

  /** Ends the share. The buffer stays for the grace time. Idempotent. */
  async stop(): Promise<void> {
    clearTimeout(this.#stopping);
    await this.#publisher?.close();
  }

  /** The server asked for a new publication (`republish`). In a LiveKit room the recorder comes back by itself. */
  republish(): void {
    this.#publisher?.republish?.();
  }

  /** Forgets why the last try failed. */
  dismiss(): void {
    if (this.#value.get().state === "failed") this.#value.set(idle);
  }

  /** Ends the share with the page. */
  async close(): Promise<void> {
    await this.stop();
  }

  #publish(roomName: string, stream: MediaStream, viaLivekit: boolean): void {
    const { client, rooms, livekit, codec = "h264" } = this.#options;
    const onState = (state: PublisherState): void => this.#follow(state, roomName, stream);
    this.#release = rooms.acquire(roomName, (event) => this.#hear(event, viaLivekit));
    this.#publisher = viaLivekit
      ? new RoomPublisher({ client, rooms: livekit, roomName, stream, codec, onState })
      : new ScreenPublisher({ whip: client.whip, roomName, stream, onState });
  }

  #follow(state: PublisherState, roomName: string, stream: MediaStream): void {
    if (state.state === "ended" || state.state === "failed") {
      clearTimeout(this.#stopping);
      this.#release?.();
      this.#release = undefined;
      this.#publisher = undefined;
      this.#sessionId = undefined;
      this.#value.set(state.state === "failed" ? { state: "failed", roomName, error: state.error } : idle);
    } else this.#value.set({ state: state.state, roomName, stream });
  }

  /** A session that was stopped elsewhere (by an admin, by the API) ends the share too: publishing again would start it anew. */
  #hear(event: RoomEvent, viaLivekit: boolean): void {
    if (event.type !== "session" || event.session.owner.userId !== this.#options.userId()) return;
    const { id, state } = event.session;
    // In a LiveKit room the session may be there before this page has heard that its tracks are.
    if (!this.#isPublishing() && !(viaLivekit && state === "active")) return;
    if (state === "active") {
      clearTimeout(this.#stopping);
      this.#sessionId = id;
    } else if (id === this.#sessionId) this.#sessionEnded(viaLivekit);
  }

  #sessionEnded(viaLivekit: boolean): void {
    if (!viaLivekit) return void this.stop();
    clearTimeout(this.#stopping);
    this.#stopping = setTimeout(() => {
      if (this.#isPublishing()) void this.stop();
    }, MEND_MS);
  }

  #isPublishing(): boolean {
    return this.#value.get().state === "publishing";
  }
}
