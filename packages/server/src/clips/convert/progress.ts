/** How far FFmpeg is with what it makes of clips: shown with the clip, and told by events. In memory only: what a restart breaks off begins anew. */
import type { Conversion } from "@livekit-replay/contract";
import type { ClipRow } from "../../catalog/port.js";
import type { EventBus } from "../../events/bus.js";

/** How often progress is told. */
const tellMs = 1000;

/** A conversion under way. */
export interface ConversionProgress {
  /** Somebody waits for it and hears of it, beside the clip's owner. */
  addListener(userId: string): void;
  /** `done` is from 0 to 1; it never goes back. */
  report(done: number): void;
  /** It is there (`true`: tells `done: 1`), or will not come. Idempotent. */
  end(made: boolean): void;
}

interface Running {
  readonly clip: ClipRow;
  readonly what: Conversion["what"];
  readonly listeners: Set<string>;
  done: number;
  toldAtMs: number;
}

/** All conversions of this server. */
export class Conversions {
  readonly #bus: EventBus;
  readonly #running = new Map<string, Running[]>();

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  /** What is being made of a clip now. */
  of(clipId: string): Conversion[] {
    return (this.#running.get(clipId) ?? []).map(({ what, done }) => ({ what, done }));
  }

  /** Begins one: it is told at once. */
  begin(clip: ClipRow, what: Conversion["what"]): ConversionProgress {
    const running: Running = { clip, what, listeners: new Set([clip.userId]), done: 0, toldAtMs: 0 };
    this.#running.set(clip.id, [...(this.#running.get(clip.id) ?? []), running]);
    this.#tell(running);
    return {
      addListener: (userId) => {
        if (running.listeners.has(userId)) return;
        running.listeners.add(userId);
        this.#tell(running);
      },
      report: (done) => {
        running.done = Math.min(1, Math.max(running.done, done));
        if (performance.now() - running.toldAtMs >= tellMs) this.#tell(running);
      },
      end: (made) => this.#end(running, made),
    };
  }

  #end(running: Running, made: boolean): void {
    const all = this.#running.get(running.clip.id) ?? [];
    if (!all.includes(running)) return;
    const left = all.filter((other) => other !== running);
    if (left.length === 0) this.#running.delete(running.clip.id);
    else this.#running.set(running.clip.id, left);
    if (!made) return;
    running.done = 1;
    this.#tell(running);
  }

  #tell(running: Running): void {
    const { clip, what, done, listeners } = running;
    running.toldAtMs = performance.now();
    this.#bus.publish({ type: "conversion", clip, conversion: { what, done }, listeners });
  }
}
