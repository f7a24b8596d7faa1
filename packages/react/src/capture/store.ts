/** Captures that were pressed in this page: each is being kept, kept, or failed. */
import { isRefusal, localNow, type ReplayClient } from "@livekit-replay/client";
import { ReplayError, type CaptureInput, type Clip } from "@livekit-replay/contract";
import { Value } from "../store/value.js";
import { beginningOf, type BufferAtPress } from "./beginning.js";
import { Destinations } from "./destination.js";
import { rememberedLength, rememberLength } from "./lengths.js";

/** A part of the buffer that was chosen by hand: server wall time in ms. */
export interface ChosenRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One press. `key` is its own; `requestedMs` is what was asked for. */
export interface Capture {
  readonly key: string;
  readonly sessionId: string;
  readonly requestedMs: number;
  /** The part that was asked for; undefined: the last `requestedMs` before the press. */
  readonly range: ChosenRange | undefined;
  /** The channel in which it was to be posted as well. */
  readonly channelId: string | undefined;
  /** Why it is not in that channel. It is kept, and nobody else sees it. */
  readonly shareRefused: Clip["shareRefused"];
  /** When the session began, to say why a clip is short. */
  readonly sessionStartedAtMs: number;
  /** Local time of the press (`localNow`). */
  readonly pressedAtMs: number;
  /** The same instant in server time, as it was known at the press; of a range its end. */
  readonly endAtMs: number;
  /** Address of the playlist of what its clip begins with, for `ClipPlayer`; undefined where there is none. */
  readonly beginning: string | undefined;
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
  /** How much before the press. Not looked at when there is a `range`. */
  readonly lengthMs: number;
  /** This part instead of the last `lengthMs`. */
  readonly range?: ChosenRange;
  /** Of the clip; default: the server's. */
  readonly title?: string;
  /** Local time of the press; default: now. */
  readonly pressedAtMs?: number;
  /** Also post it in this channel. */
  readonly channelId?: string;
  /** The session's buffer at the press: the clip's first picture is loaded from it meanwhile. */
  readonly buffer?: BufferAtPress;
}

const MOST_KEPT = 12;

/** The marks by which the time from press to picture is measured: `replay:press` and `replay:kept` (the answer is there) are set here, `replay:painted` by the player. */
export const pressMark = "replay:press";
const keptMark = "replay:kept";

/** The server takes presses of the last 30 s; an older one is sent as a range. */
const OLD_PRESS_MS = 25_000;

const rounded = ({ fromMs, toMs }: ChosenRange): ChosenRange => ({ fromMs: Math.round(fromMs), toMs: Math.round(toMs) });

/** The stretch that a press asked for, as a range: it can be asked for again later. */
const stretchOf = ({ range, endAtMs, requestedMs }: Capture): ChosenRange =>
  rounded(range ?? { fromMs: endAtMs - requestedMs, toMs: endAtMs });

/** What a kept moment must not be lost for: the channel is gone, or the person may not post in it any more. */
const isAboutChannel = (error: unknown): error is ReplayError =>
  isRefusal(error, "channel_not_found") || isRefusal(error, "permission_denied");

/** A press with what only its request needs. */
interface Pressed {
  readonly capture: Capture;
  readonly title: string | undefined;
  readonly idempotencyKey: string;
}

const bodyOf = ({ capture, title }: Pressed, late: boolean): CaptureInput => {
  const { sessionId, requestedMs, endAtMs, channelId, shareRefused } = capture;
  const ranged = late || capture.range !== undefined;
  return {
    sessionId,
    ...(ranged ? stretchOf(capture) : { durationSeconds: requestedMs / 1000, endAtMs }),
    ...(title === undefined ? {} : { title }),
    ...(channelId === undefined || shareRefused !== undefined ? {} : { shareOption: "channel", targetChannelId: channelId }),
  };
};

/** Newest first; at most the last twelve. */
export class CaptureStore {
  readonly #client: ReplayClient;
  readonly #value = new Value<readonly Capture[]>([]);
  readonly #length = new Value(rememberedLength());
  readonly #range = new Value<{ readonly sessionId: string; readonly range: ChosenRange } | undefined>(undefined);
  readonly #pressed = new Map<string, Pressed>();
  /** Where captures go besides the library. */
  readonly destinations = new Destinations();
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

  /** The part of a session's buffer that is chosen at this moment. */
  get range(): Value<{ readonly sessionId: string; readonly range: ChosenRange } | undefined> {
    return this.#range;
  }

  /**
   * Keeps the last `lengthMs` before the press, or a range. The request is on its way before anything else is done. A channel that refuses costs the post,
   * never the clip. Resolves with how it came out; never rejects.
   */
  async press(options: PressOptions): Promise<Capture> {
    const { sessionId, sessionStartedAtMs, lengthMs, range, title, pressedAtMs = localNow(), channelId, buffer } = options;
    performance.mark(pressMark, { startTime: Math.max(0, pressedAtMs - performance.timeOrigin) });
    this.#count += 1;
    const requestedMs = range === undefined ? lengthMs : range.toMs - range.fromMs;
    const endAtMs = range === undefined ? this.#client.clock.at(pressedAtMs) : range.toMs;
    const capture: Capture = {
      key: `capture-${this.#count}`,
      sessionId,
      sessionStartedAtMs,
      requestedMs,
      range,
      channelId,
      shareRefused: undefined,
      pressedAtMs,
      endAtMs,
      beginning: beginningOf(buffer, { fromMs: range && rounded(range).fromMs, endAtMs, lengthMs: requestedMs }),
      newest: { is: "left" },
      state: { is: "keeping" },
    };
    const pressed: Pressed = { capture, title, idempotencyKey: crypto.randomUUID() };
    const settled = this.#send(pressed, false);
    this.#pressed.set(capture.key, pressed);
    this.#show(capture);
    if (range === undefined) {
      this.#length.set(lengthMs);
      rememberLength(lengthMs);
    }
    return await settled;
  }

  /** Asks once more for the stretch of a press that failed: the buffer may still have it. A clip that was made after all is not made twice. */
  async retry(key: string): Promise<Capture | undefined> {
    const pressed = this.#pressed.get(key);
    const failed = this.#find(key);
    if (pressed === undefined || failed?.state.is !== "failed") return failed;
    this.#settle({ ...failed, state: { is: "keeping" } });
    return await this.#send({ ...pressed, capture: failed }, true);
  }

  #show(capture: Capture): void {
    const all = [capture, ...this.#value.get()];
    for (const { key } of all.slice(MOST_KEPT)) this.#pressed.delete(key);
    this.#value.set(all.slice(0, MOST_KEPT));
  }

  /** `late`: as a range, since the press is too long ago to be one. */
  async #send(pressed: Pressed, late: boolean): Promise<Capture> {
    const { capture } = pressed;
    try {
      const clip = await this.#client.clips.capture(bodyOf(pressed, late), { idempotencyKey: pressed.idempotencyKey });
      performance.mark(keptMark, { detail: { clipId: clip.id } });
      return this.#settle({ ...capture, shareRefused: clip.shareRefused ?? capture.shareRefused, state: { is: "kept", clip } });
    } catch (error) {
      if (capture.channelId !== undefined && capture.shareRefused === undefined && isAboutChannel(error)) {
        const shareRefused = { code: error.code, detail: error.message };
        return await this.#send({ ...pressed, capture: { ...capture, shareRefused } }, late);
      }
      const isOld = localNow() - capture.pressedAtMs > OLD_PRESS_MS;
      if (!late && isOld && isRefusal(error, "invalid_request")) return await this.#send(pressed, true);
      return this.#settle({ ...capture, shareRefused: undefined, state: { is: "failed", error } });
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
    const body: CaptureInput = {
      sessionId: capture.sessionId,
      ...stretchOf(capture),
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
    this.#pressed.delete(key);
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
