/** My own share: asks the browser for a screen, publishes it, and keeps it published wherever the person goes in the page. */
import { ScreenPublisher, type PublisherState, type ReplayClient } from "@livekit-replay/client";
import type { RoomEvent } from "@livekit-replay/contract";
import type { RoomStores } from "../rooms/store.js";
import { Value } from "../store/value.js";

/** `anything`: the browser asks what to share. `this-tab`: the page itself, first in the browser's question. */
export type Surface = "anything" | "this-tab";

/** My share. `failed` keeps the reason until the next try. */
export type ShareState =
  | { readonly state: "idle" }
  | { readonly state: "asking"; readonly roomName: string }
  | { readonly state: "connecting" | "publishing" | "reconnecting"; readonly roomName: string; readonly stream: MediaStream }
  | { readonly state: "failed"; readonly roomName: string; readonly error: unknown };

const idle: ShareState = { state: "idle" };

/** 1080p60 with the tab's sound as it is: no processing made for voices. */
const askFor = (
  surface: Surface,
): DisplayMediaStreamOptions & {
  preferCurrentTab?: boolean;
  selfBrowserSurface?: string;
  systemAudio?: string;
  surfaceSwitching?: string;
} => ({
  video: { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 60 } },
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  selfBrowserSurface: "include",
  systemAudio: "include",
  surfaceSwitching: "include",
  ...(surface === "this-tab" ? { preferCurrentTab: true } : {}),
});

/** The person closed the browser's question. */
const isCancelled = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");

/** One share at a time. */
export class ShareStore {
  readonly #client: ReplayClient;
  readonly #rooms: RoomStores;
  readonly #userId: () => string | undefined;
  readonly #value = new Value<ShareState>(idle);
  #publisher: ScreenPublisher | undefined;
  #release: (() => void) | undefined;
  /** The session that this share feeds, once the room has told. */
  #sessionId: string | undefined;

  constructor(client: ReplayClient, rooms: RoomStores, userId: () => string | undefined) {
    this.#client = client;
    this.#rooms = rooms;
    this.#userId = userId;
  }

  get value(): Value<ShareState> {
    return this.#value;
  }

  /** Asks what to share and publishes it. Must be called from a press (browsers ask for one). Does nothing while a share runs. */
  async start(roomName: string, surface: Surface = "anything"): Promise<void> {
    const now = this.#value.get().state;
    if (now !== "idle" && now !== "failed") return;
    this.#value.set({ state: "asking", roomName });
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia(askFor(surface));
    } catch (error) {
      this.#value.set(isCancelled(error) ? idle : { state: "failed", roomName, error });
      return;
    }
    this.#release = this.#rooms.acquire(roomName, (event) => this.#hear(event));
    this.#publisher = new ScreenPublisher({
      whip: this.#client.whip,
      roomName,
      stream,
      onState: (state) => this.#follow(state, roomName, stream),
    });
  }

  /** Ends the share. The buffer stays for the grace time. Idempotent. */
  async stop(): Promise<void> {
    await this.#publisher?.close();
  }

  /** The server asked for a new publication (`republish`). */
  republish(): void {
    this.#publisher?.republish();
  }

  /** Forgets why the last try failed. */
  dismiss(): void {
    if (this.#value.get().state === "failed") this.#value.set(idle);
  }

  /** Ends the share with the page. */
  async close(): Promise<void> {
    await this.stop();
  }

  #follow(state: PublisherState, roomName: string, stream: MediaStream): void {
    if (state.state === "ended" || state.state === "failed") {
      this.#release?.();
      this.#release = undefined;
      this.#publisher = undefined;
      this.#sessionId = undefined;
      this.#value.set(state.state === "failed" ? { state: "failed", roomName, error: state.error } : idle);
    } else this.#value.set({ state: state.state, roomName, stream });
  }

  /** A session that was stopped elsewhere (by an admin, by the API) ends the share too: publishing again would start it anew. */
  #hear(event: RoomEvent): void {
    if (event.type !== "session" || event.session.owner.userId !== this.#userId() || this.#value.get().state !== "publishing") return;
    if (event.session.state === "active") this.#sessionId = event.session.id;
    else if (event.session.id === this.#sessionId) void this.stop();
  }
}
