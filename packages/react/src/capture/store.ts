/** Captures that were pressed in this page: each is being kept, kept, or failed. */
import { localNow, type ReplayClient } from "@livekit-replay/client";
import type { CaptureInput, Clip } from "@livekit-replay/contract";
import { Value } from "../store/value.js";
import { rememberedLength, rememberLength } from "./lengths.js";

/** One press. `key` is its own; `requestedMs` is what was asked for. */
export interface Capture {
  readonly key: string;
  readonly sessionId: string;
  readonly requestedMs: number;
  /** When the session began, to say why a clip is short. */
  readonly sessionStartedAtMs: number;
  /** Local time of the press (`localNow`). */
  readonly pressedAtMs: number;
  /** The same instant in server time, as it was known at the press. */
  readonly endAtMs: number;
  /** Whether somebody waits for what was not written yet at the press (`clip.notYetMs`). */
  readonly newest: { readonly is: "left" | "waited-for" } | { readonly is: "failed"; readonly error: unknown };
  readonly state:
    | { readonly is: "keeping" }
    | { readonly is: "kept"; readonly clip: Clip }
    | { readonly is: "failed"; readonly error: unknown };
}

/** What a press says. */
export interface PressOptions {
  readonly sessionId: string;
  readonly sessionStartedAtMs: number;
  readonly lengthMs: number;
  /** Local time of the press; default: now. */
  readonly pressedAtMs?: number;
  /** Also post it in this channel. */
  readonly channelId?: string;
}

const MOST_KEPT = 12;

/** The marks by which the time from press to picture is measured: `replay:press` is set here, `replay:painted` by the player. */
export const pressMark = "replay:press";

/** Newest first; at most the last twelve. */
export class CaptureStore {
  readonly #client: ReplayClient;
  readonly #value = new Value<readonly Capture[]>([]);
  readonly #length = new Value(rememberedLength());
  #count = 0;

  constructor(client: ReplayClient) {
    this.#client = client;
  }

  get value(): Value<readonly Capture[]> {
    return this.#value;
  }

  /** The length of the next press on the big button, in ms: that of the last press. */
  get length(): Value<number> {
    return this.#length;
  }

  /** Keeps the last `lengthMs` before the press. Resolves with how it came out; never rejects. */
  async press(options: PressOptions): Promise<Capture> {
    const { sessionId, sessionStartedAtMs, lengthMs, pressedAtMs = localNow(), channelId } = options;
    performance.mark(pressMark, { startTime: Math.max(0, pressedAtMs - performance.timeOrigin) });
    this.#length.set(lengthMs);
    rememberLength(lengthMs);
    this.#count += 1;
    const capture: Capture = {
      key: `capture-${this.#count}`,
      sessionId,
      sessionStartedAtMs,
      requestedMs: lengthMs,
      pressedAtMs,
      endAtMs: this.#client.clock.at(pressedAtMs),
      newest: { is: "left" },
      state: { is: "keeping" },
    };
    this.#value.set([capture, ...this.#value.get()].slice(0, MOST_KEPT));
    const body: CaptureInput = {
      sessionId,
      durationSeconds: lengthMs / 1000,
      endAtMs: capture.endAtMs,
      ...(channelId === undefined ? {} : { shareOption: "channel", targetChannelId: channelId }),
    };
    try {
      return this.#settle({ ...capture, state: { is: "kept", clip: await this.#client.clips.capture(body) } });
    } catch (error) {
      return this.#settle({ ...capture, state: { is: "failed", error } });
    }
  }

  /**
   * Keeps the same stretch once more, this time with what was not written yet at the press, and deletes the clip that lacks it. So the press gave
   * something at once, and nothing is lost when this fails. A clip that was shared meanwhile stays beside the new one. Never rejects.
   */
  async waitForNewest(key: string): Promise<void> {
    const capture = this.#find(key);
    if (capture?.state.is !== "kept" || capture.newest.is === "waited-for") return;
    const { clip } = capture.state;
    this.#settle({ ...capture, newest: { is: "waited-for" } });
    const toMs = Math.round(capture.endAtMs);
    const body: CaptureInput = {
      sessionId: capture.sessionId,
      fromMs: toMs - capture.requestedMs,
      toMs,
      title: clip.title,
      waitForNewest: true,
    };
    try {
      const whole = await this.#client.clips.capture(body);
      const before = this.#find(key)?.state;
      this.#settle({ ...capture, newest: { is: "left" }, state: { is: "kept", clip: whole } });
      if (before?.is === "kept" && before.clip.shares.length === 0) await this.#client.clips.delete(clip.id).catch(() => undefined);
    } catch (error) {
      const now = this.#find(key);
      if (now !== undefined) this.#settle({ ...now, newest: { is: "failed", error } });
    }
  }

  /** A clip has changed (its MP4 is ready, a new title): its capture shows it. */
  update(clip: Clip): void {
    this.change(clip.id, () => clip);
  }

  /** Changes a clip where it is shown. */
  change(clipId: string, change: (clip: Clip) => Clip): void {
    this.#value.set(
      this.#value
        .get()
        .map((one) =>
          one.state.is === "kept" && one.state.clip.id === clipId ? { ...one, state: { is: "kept", clip: change(one.state.clip) } } : one,
        ),
    );
  }

  /** A clip is gone: its capture is too. */
  forget(clipId: string): void {
    this.#value.set(this.#value.get().filter((one) => one.state.is !== "kept" || one.state.clip.id !== clipId));
  }

  /** Takes a capture off the list; the clip stays. */
  dismiss(key: string): void {
    this.#value.set(this.#value.get().filter((one) => one.key !== key));
  }

  #find(key: string): Capture | undefined {
    return this.#value.get().find((one) => one.key === key);
  }

  #settle(capture: Capture): Capture {
    this.#value.set(this.#value.get().map((one) => (one.key === capture.key ? capture : one)));
    return capture;
  }
}
