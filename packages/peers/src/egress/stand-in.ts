/** A worker that stands in for LiveKit's egress: real requests, a real seat in the room, real segments, and every failure on demand. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { BackgroundProcess } from "../process/background.js";
import { type EgressEvent, type EgressFaults, readEgressLine } from "./wire.js";

/** Options of `EgressStandIn.start`. */
export interface EgressStandInOptions {
  readonly redisUrl: string;
  /** Where it joins rooms: `ws:`. */
  readonly livekitUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly faults?: EgressFaults;
  /**
   * Divides egress's delays: with 10, a segment of 10 s appears 1 s after its last frame, not 9.85 s. The segments stay as long as they are.
   * Default 1.
   */
  readonly speed?: number;
  /**
   * `copy`: the picture as it was sent, cut at its keyframes: costs next to nothing, and lengths are exact only as far as keyframes are.
   * `encode`: as egress does it, x264 with B-frames at the size and rate of the request, and segments of exactly the length asked for.
   * Default `copy`.
   */
  readonly video?: "copy" | "encode";
  /** How much later than its first frame PROGRAM-DATE-TIME says that a segment begins. Default 578, as measured with egress 1.14.1. */
  readonly clockLateMs?: number;
}

type Waiting = (answer: { readonly reason?: string }) => void;

const READY_LIMIT_MS = 20_000;
const COMMAND_LIMIT_MS = 10_000;
const MAX_EVENTS = 5_000;

const builtPath = (): string => fileURLToPath(new URL("../../../../.cache/tools/egress-standin", import.meta.url));

/**
 * A running worker; several may work on one Redis, as several egress machines do. `kill` leaves what it records as a ghost: LiveKit goes on
 * listing it as active. `close` ends recordings in order; it may be called more than once.
 */
export class EgressStandIn {
  readonly #process: BackgroundProcess;
  /** Segments on their way: a worker that is killed leaves them behind. */
  readonly #folder: string;
  readonly #events: EgressEvent[] = [];
  readonly #listeners = new Set<(event: EgressEvent) => void>();
  readonly #waiting = new Map<number, Waiting>();
  #commands = 0;

  private constructor(process: BackgroundProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
    createInterface({ input: process.stdout }).on("line", (line) => this.#hear(readEgressLine(line)));
    void process.ended.then(() => {
      for (const settle of this.#waiting.values()) settle({ reason: "the worker has ended" });
    });
  }

  /**
   * Starts one and resolves when it takes requests. The program is `EGRESS_STANDIN_PATH`, else the one that the set-up built.
   * @throws Error with its last words when it does not start.
   */
  static async start(options: EgressStandInOptions): Promise<EgressStandIn> {
    const folder = await mkdtemp(join(tmpdir(), "egress-standin-"));
    const process_ = await BackgroundProcess.start({
      command: process.env["EGRESS_STANDIN_PATH"] ?? builtPath(),
      env: { EGRESS_STANDIN_CONFIG: JSON.stringify(options), TMPDIR: folder },
      keepStdout: false,
    });
    const worker = new EgressStandIn(process_, folder);
    try {
      const ended = process_.ended.then(() => Promise.reject(new Error(`egress-standin ended: ${process_.lines.join("\n")}`)));
      await Promise.race([worker.next(({ event }) => event === "ready", READY_LIMIT_MS), ended]);
      return worker;
    } catch (error) {
      await worker.kill();
      throw error;
    }
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What it told: the last 5,000. */
  get events(): readonly EgressEvent[] {
    return this.#events;
  }

  /** Hears everything that it tells from now on; the answer ends that. */
  on(listener: (event: EgressEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The first event that fits, of those told already and those to come.
   * @throws Error with what it told when none comes in time.
   */
  async next(fits: (event: EgressEvent) => boolean, limitMs: number): Promise<EgressEvent> {
    const told = this.#events.find(fits);
    if (told) return told;
    const { promise, resolve, reject } = Promise.withResolvers<EgressEvent>();
    const off = this.on((event) => {
      if (fits(event)) resolve(event);
    });
    const limit = setTimeout(() => reject(new Error(`Not in ${limitMs} ms: ${JSON.stringify(this.#events.slice(-20))}`)), limitMs);
    try {
      return await promise;
    } finally {
      clearTimeout(limit);
      off();
    }
  }

  /** The first time that livekit-server had been told a state of a recording, such as `EGRESS_ACTIVE`. */
  async status(egressId: string, status: string, limitMs: number): Promise<EgressEvent & { readonly event: "status" }> {
    const fits = (event: EgressEvent): boolean => event.event === "status" && event.egressId === egressId && event.status === status;
    return (await this.next(fits, limitMs)) as EgressEvent & { readonly event: "status" };
  }

  /** A segment of a recording, once it and the playlists that name it are written. */
  async segment(egressId: string, number: number, limitMs: number): Promise<EgressEvent & { readonly event: "segment" }> {
    const fits = (event: EgressEvent): boolean => event.event === "segment" && event.egressId === egressId && event.number === number;
    return (await this.next(fits, limitMs)) as EgressEvent & { readonly event: "segment" };
  }

  /** Replaces the faults of now; `{}` is a good day. */
  async setFaults(faults: EgressFaults): Promise<void> {
    await this.#do("faults", { faults });
  }

  /** FAILED in the middle, with this text; without an id, every recording. */
  async fail(text: string, egressId = ""): Promise<void> {
    await this.#do("fail", { text, egressId });
  }

  /** ABORTED. */
  async abort(egressId = ""): Promise<void> {
    await this.#do("abort", { egressId });
  }

  /** LIMIT_REACHED, in order: the playlists are ended. */
  async reachLimit(egressId = ""): Promise<void> {
    await this.#do("limit", { egressId });
  }

  /** Too much CPU: egress ends such a recording in order (COMPLETE, its details say why), or kills it (FAILED) when that takes too long. */
  async exhaustCpu({ killed = false, egressId = "" }: { readonly killed?: boolean; readonly egressId?: string } = {}): Promise<void> {
    await this.#do(killed ? "kill-for-cpu" : "exhaust-cpu", { egressId });
  }

  /** Its process for the recording dies without a word: a ghost that LiveKit lists as active. The worker itself lives on. */
  async vanish(egressId = ""): Promise<void> {
    await this.#do("vanish", { egressId });
  }

  /** The whole worker dies without a word. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#process.kill();
    await this.#tidy();
  }

  /** Takes no more requests, ends what it records, and resolves when it is gone; after 10 s it is killed. */
  async close(): Promise<void> {
    await this.#process.close();
    await this.#tidy();
  }

  /** FFmpeg notices the end of a killed worker a moment later, and may write until then. */
  async #tidy(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #do(verb: string, more: object): Promise<void> {
    if (this.#process.end) throw new Error(`${verb}: the worker has ended`);
    this.#commands += 1;
    const id = this.#commands;
    const { promise, resolve } = Promise.withResolvers<{ readonly reason?: string }>();
    this.#waiting.set(id, resolve);
    const limit = setTimeout(() => resolve({ reason: "no answer in time" }), COMMAND_LIMIT_MS);
    this.#process.write(`${JSON.stringify({ id, do: verb, ...more })}\n`);
    const { reason } = await promise;
    clearTimeout(limit);
    this.#waiting.delete(id);
    if (reason !== undefined) throw new Error(`${verb}: ${reason}`);
  }

  #hear(event: EgressEvent): void {
    this.#events.push(event);
    this.#events.splice(0, this.#events.length - MAX_EVENTS);
    if (event.event === "obeyed") this.#waiting.get(event.id)?.({});
    else if (event.event === "refused" && event.id !== undefined) this.#waiting.get(event.id)?.({ reason: event.reason });
    for (const listener of this.#listeners) listener(event);
  }
}
