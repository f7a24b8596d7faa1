/**
 * One session that LiveKit egress records: which egress writes which run, what its files say, and what happens when it fails, falls silent or ends.
 * A run that ended with the share still there is followed by another one; the share's end is the session's end.
 */
import { ReplayError, type SegmentEntry, type WallMs } from "@livekit-replay/contract";
import type { SegmentInfo } from "@livekit-replay/media";
import type { TransportFound, TransportWatch } from "../../store/transport-watch.js";
import type { RecorderEvent, RecordOptions } from "../port.js";
import type { EgressRecorderOptions, EgressTimings } from "./options.js";
import type { EgressRun } from "./start.js";
import { type EgressState, stateOf } from "./status.js";
import type { EgressInfo } from "@livekit/protocol";

/** What a session works with. */
export interface EgressSessionOptions {
  readonly recorder: EgressRecorderOptions;
  readonly timings: EgressTimings;
  readonly session: RecordOptions;
  readonly run: EgressRun;
  /** Begins the run of a number; null: the person does not share any more. */
  readonly start: (run: number) => Promise<EgressRun | null>;
  readonly tell: (event: RecorderEvent) => void;
  /** Asks LiveKit for the state of egresses soon. */
  readonly ask: () => void;
  /** LiveKit did not answer a stop: the egress may go on. */
  readonly doubt: (egressId: string) => void;
}

/**
 * `recording`: an egress lives. `draining`: it is over, its last files are waited for. `waiting`: there is none until `at`.
 * `gone`: the share is gone and may come back until `at`. `done`: nothing more will happen.
 */
type Phase =
  | { readonly kind: "recording" }
  | { readonly kind: "draining"; readonly until: number; readonly problem: string | null }
  | { readonly kind: "waiting" | "gone"; readonly at: number }
  | { readonly kind: "done" };

const sentences = {
  again: "The recording is interrupted; it is started again",
  noFile: "LiveKit egress records, but no segment arrives in the storage folder: it must be the same storage, and writable for egress",
  ghost: "LiveKit egress has stopped writing segments",
  nothing: "LiveKit egress ended before it wrote a segment",
  broken: "A segment of LiveKit egress is missing or broken; the rest is kept",
} as const;

/** What a segment's message holds of an entry. */
const messageOf = (segment: SegmentInfo): SegmentEntry => {
  const { run, number, runReason, startPts, endPts, startWall, endWall, sizeBytes, frames, gaps } = segment;
  return { run, number, runReason, startPts, endPts, startWall, endWall, sizeBytes, frames, gaps: [...gaps] };
};

/** Driven by `look` and `status`; holds no timer. */
export class EgressSession {
  readonly #options: EgressSessionOptions;
  #run: EgressRun;
  #phase: Phase = { kind: "recording" };
  #begun: WallMs;
  /** When the run's newest segment was told; null before its first. */
  #newest: WallMs | null = null;
  /** Where the newest segment of all ends. */
  #end: WallMs | null = null;
  #failures = 0;
  /** How often in a row LiveKit did not know the egress. */
  #unknown = 0;
  #said = "";
  #degraded = false;
  /** What was said last is that LiveKit cannot be asked. */
  #isUnreachable = false;
  #working: Promise<void> | null = null;
  #stopping: { readonly until: number; readonly done: PromiseWithResolvers<void> } | null = null;

  constructor(options: EgressSessionOptions) {
    this.#options = options;
    this.#run = options.run;
    this.#begun = options.recorder.clock.now();
  }

  get sessionId(): string {
    return this.#options.session.sessionId;
  }

  /** The egress that writes now, or wrote last. */
  get egressId(): string {
    return this.#run.egressId;
  }

  get isDone(): boolean {
    return this.#phase.kind === "done";
  }

  /** Reads what is new in the folder and does what is due. One at a time; a call while one works does nothing. Never throws. */
  look(): Promise<void> {
    this.#working ??= this.#work().finally(() => (this.#working = null));
    return this.#working;
  }

  /** What LiveKit says of this session's egress. */
  status(egressId: string, info: EgressInfo | null): void {
    if (this.#phase.kind !== "recording" || egressId !== this.egressId) return;
    this.#unknown = info === null ? this.#unknown + 1 : 0;
    // Once may be a Redis that was just started again.
    if (info === null && this.#unknown < 2) return;
    const state = stateOf(info);
    if (state.kind === "over") this.#over(state);
  }

  /** LiveKit could not be asked: egress may record all the same. */
  unreachable(sentence: string): void {
    if (this.#phase.kind !== "recording" || this.#stopping !== null) return;
    this.#isUnreachable = true;
    this.#say("lost", sentence);
  }

  /** LiveKit answers again. */
  reachable(): void {
    if (!this.#isUnreachable) return;
    this.#isUnreachable = false;
    if (this.#phase.kind === "recording") this.#say("flowing", null);
  }

  /** Ends the egress and waits, within bounds, for its last segment. Idempotent. Never throws. */
  async stop(): Promise<void> {
    const { clock } = this.#options.recorder;
    if (this.#stopping) return this.#stopping.done.promise;
    this.#stopping = { until: clock.now() + this.#options.timings.drain, done: Promise.withResolvers() };
    const { done } = this.#stopping;
    await this.#working;
    if (this.#phase.kind === "recording" && !(await this.#stopEgress())) this.#finish();
    else if (this.#phase.kind === "waiting" || this.#phase.kind === "gone") this.#finish();
    await this.look();
    return done.promise;
  }

  #over({ complete, sentence }: Extract<EgressState, { kind: "over" }>): void {
    const { clock, logger } = this.#options.recorder;
    // One that ends in order before it wrote anything would be started again and again without a pause.
    const problem = complete ? (this.#newest === null ? sentences.nothing : null) : sentence;
    if (problem !== null) logger.warn({ sessionId: this.sessionId, egressId: this.egressId, sentence }, "an egress ended by itself");
    this.#phase = { kind: "draining", until: clock.now() + this.#options.timings.drain, problem };
  }

  async #work(): Promise<void> {
    // What cannot be read is no segment: whoever waits for one must be told so all the same.
    await this.#read().catch((error: unknown) => this.#failed(error, "what an egress wrote could not be read; it is tried again"));
    await this.#act().catch((error: unknown) => this.#failed(error, "an egress session could not be looked after; it is tried again"));
    if (this.#stopping && this.#now >= this.#stopping.until) this.#finish();
  }

  #failed(error: unknown, what: string): void {
    this.#options.recorder.logger.error({ err: error, sessionId: this.sessionId }, what);
  }

  get #now(): number {
    return this.#options.recorder.clock.now();
  }

  get #watch(): TransportWatch {
    return this.#run.watch;
  }

  async #read(): Promise<void> {
    if (this.#phase.kind !== "recording" && this.#phase.kind !== "draining") return;
    for (const found of await this.#watch.look()) this.#take(found);
  }

  #take(found: TransportFound): void {
    const { session, tell, recorder } = this.#options;
    const { sessionId } = session;
    this.#newest = recorder.clock.now();
    if (found.kind === "lost") {
      recorder.logger.error({ err: found.error, sessionId, file: found.file }, "a segment of egress is missing or broken");
      tell({ type: "gap", sessionId, gap: found.gap });
      tell({ type: "health", sessionId, state: "degraded", reason: sentences.broken });
      this.#degraded = true;
      return;
    }
    this.#end = found.segment.endWall;
    this.#failures = 0;
    tell({ type: "segment", sessionId, segment: messageOf(found.segment) });
    this.#say("flowing", null);
    if (this.#degraded) tell({ type: "health", sessionId, state: "ok", reason: null });
    this.#degraded = false;
  }

  async #act(): Promise<void> {
    const phase = this.#phase;
    if (this.#stopping) return this.#actStopping(this.#stopping.until);
    switch (phase.kind) {
      case "recording":
        return this.#checkLife();
      case "draining": {
        // After a failure nothing follows, but what is there already is told.
        if (this.#now < phase.until && (phase.problem === null ? !this.#watch.finished : this.#watch.pending)) return;
        if (phase.problem !== null) this.#say("lost", `${phase.problem}. ${sentences.again}`);
        return phase.problem === null ? this.#begin() : this.#wait();
      }
      case "waiting":
      case "gone":
        if (this.#now >= phase.at) await this.#begin();
        return;
      case "done":
        return;
    }
  }

  #actStopping(until: number): void {
    const phase = this.#phase;
    const failed = phase.kind === "draining" && phase.problem !== null && !this.#watch.pending;
    if (phase.kind === "done" || failed || this.#watch.finished || this.#now >= until) this.#finish();
    else this.#options.ask();
  }

  /** An egress that calls itself active and writes nothing is a ghost: its worker died, or it writes elsewhere. */
  async #checkLife(): Promise<void> {
    const { timings, recorder } = this.#options;
    // A segment that is listed and not whole yet is a sign of life.
    if (this.#watch.pending) return;
    const limit = this.#newest === null ? timings.firstSegment + 2 * recorder.segment : timings.ghostSegments * recorder.segment;
    if (this.#now - (this.#newest ?? this.#begun) <= limit) return;
    const sentence = this.#newest === null ? sentences.noFile : sentences.ghost;
    recorder.logger.warn({ sessionId: this.sessionId, egressId: this.egressId }, "an egress writes no segments");
    this.#say("lost", `${sentence}. ${sentences.again}`);
    await this.#stopEgress();
    if (this.#newest === null) this.#wait();
    else await this.#begin();
  }

  #wait(): void {
    const { pauses } = this.#options.timings;
    const pause = pauses[Math.min(this.#failures, pauses.length - 1)] ?? 0;
    this.#failures += 1;
    this.#phase = { kind: "waiting", at: this.#now + pause };
  }

  /** Begins the next run, when the share is there. */
  async #begin(): Promise<void> {
    const phase = this.#phase;
    try {
      const run = await this.#options.start(this.#run.number + 1);
      if (run === null) return this.#isGone(phase);
      this.#enter(run);
    } catch (error) {
      if (!(error instanceof ReplayError)) throw error;
      if (error.code === "encrypted_room" || error.code === "unsupported_codec") return this.#endShare(error.message);
      this.#say("lost", `${error.message}. ${sentences.again}`);
      this.#wait();
    }
  }

  #enter(run: EgressRun): void {
    const { session, tell } = this.#options;
    this.#run = run;
    this.#begun = this.#options.recorder.clock.now();
    this.#newest = null;
    this.#unknown = 0;
    this.#phase = { kind: "recording" };
    if (this.#end !== null && this.#begun > this.#end)
      tell({ type: "gap", sessionId: session.sessionId, gap: { fromMs: this.#end, toMs: this.#begun, reason: "restart" } });
  }

  /** A share that is published anew has other tracks: a moment is waited for them. */
  #isGone(phase: Phase): void {
    if (phase.kind === "gone") this.#endShare("The person does not share any more");
    else this.#phase = { kind: "gone", at: this.#now + this.#options.timings.republish };
  }

  #endShare(reason: string): void {
    this.#say("ended", reason);
    this.#finish();
  }

  #finish(): void {
    this.#phase = { kind: "done" };
    this.#stopping?.done.resolve();
  }

  /** False when LiveKit could not be told: then the egress is an orphan that is looked for. */
  async #stopEgress(): Promise<boolean> {
    const { api, logger } = this.#options.recorder;
    const { egressId, sessionId } = this;
    try {
      await api.stop(egressId);
      return true;
    } catch (error) {
      logger.warn({ err: error, sessionId, egressId }, "an egress could not be stopped");
      this.#options.doubt(egressId);
      return false;
    }
  }

  /** Says what the share does, once. */
  #say(state: "flowing" | "lost" | "ended", reason: string | null): void {
    const said = `${state} ${reason ?? ""}`;
    if (said === this.#said || (this.#said === "" && state === "flowing")) return;
    this.#said = said;
    if (state !== "lost") this.#isUnreachable = false;
    this.#options.tell({ type: "share", sessionId: this.sessionId, state, reason });
  }
}
