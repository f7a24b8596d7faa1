/** What a publisher sent and when: the measure that a clip is judged by. */
import { type RtpTicks, rtpTicks, type WallMs, wallMs } from "@livekit-replay/contract";

/** One frame that was sent. */
export interface SentFrame {
  /** Counts from 0 over the whole publication. */
  readonly index: number;
  /** The film's number of it, as its barcode says. */
  readonly number: number;
  readonly timestamp: RtpTicks;
  /** When it was to be sent: the instant that its RTP timestamp stands for. */
  readonly due: WallMs;
  /** When its first packet was handed to the network. */
  readonly sent: WallMs;
}

/** Twenty minutes at 60 frames a second. */
const CAPACITY = 72_000;

/** The last 72,000 frames of a publication; older ones are forgotten. */
export class FrameLog {
  readonly #numbers = new Int32Array(CAPACITY);
  readonly #timestamps = new Float64Array(CAPACITY);
  readonly #due = new Float64Array(CAPACITY);
  readonly #sent = new Float64Array(CAPACITY);
  #count = 0;

  add(frame: Omit<SentFrame, "index">): void {
    const slot = this.#count % CAPACITY;
    this.#numbers[slot] = frame.number;
    this.#timestamps[slot] = frame.timestamp;
    this.#due[slot] = frame.due;
    this.#sent[slot] = frame.sent;
    this.#count += 1;
  }

  /** Frames sent so far. */
  get count(): number {
    return this.#count;
  }

  /** A frame by its index; null when it was not sent yet or is forgotten. */
  at(index: number): SentFrame | null {
    if (index < 0 || index >= this.#count || index < this.#count - CAPACITY) return null;
    const slot = index % CAPACITY;
    return {
      index,
      number: this.#numbers[slot] ?? 0,
      timestamp: rtpTicks(this.#timestamps[slot] ?? 0),
      due: wallMs(this.#due[slot] ?? 0),
      sent: wallMs(this.#sent[slot] ?? 0),
    };
  }

  /** The last frame that was due at or before an instant; null when there was none. */
  lastDue(instant: WallMs): SentFrame | null {
    let low = Math.max(0, this.#count - CAPACITY) - 1;
    let high = this.#count - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#due[middle % CAPACITY] ?? 0) <= instant) low = middle;
      else high = middle - 1;
    }
    return this.at(low);
  }

  /** The frame with this film number that was due nearest to an instant; null when none was sent within `withinMs`. */
  nearest(number: number, instant: WallMs, withinMs: number): SentFrame | null {
    let best: SentFrame | null = null;
    for (let index = (this.lastDue(wallMs(instant - withinMs))?.index ?? -1) + 1; index < this.#count; index += 1) {
      const frame = this.at(index);
      if (!frame) continue;
      if (frame.due > instant + withinMs) break;
      if (frame.number === number && (best === null || Math.abs(frame.due - instant) < Math.abs(best.due - instant))) best = frame;
    }
    return best;
  }
}
