/** The recorder of LiveKit rooms by LiveKit's own egress: it starts them, follows their files and their states, and ends them. */
import { type RecorderStats, ReplayError } from "@livekit-replay/contract";
import type { EgressInfo } from "@livekit/protocol";
import type { WebhookEvent } from "livekit-server-sdk";
import { newId } from "../../platform/ids.js";
import { bufferRoot, parseSessionFolder } from "../../store/paths.js";
import type { LivekitRecorderPort, RecorderEvent, RecordOptions } from "../port.js";
import { defaultTimings, type EgressRecorderOptions, type EgressTimings } from "./options.js";
import { EgressSession } from "./session.js";
import { type EgressRun, startEgress, stopQuietly } from "./start.js";
import { prefixOf } from "./status.js";

/** Events of rooms after which an egress may have ended. */
const leaving = new Set(["track_unpublished", "participant_left", "participant_connection_aborted", "room_finished"]);

/** Lives until `close`. */
export class EgressRecorder implements LivekitRecorderPort {
  readonly kind = "egress";
  readonly #options: EgressRecorderOptions;
  readonly #timings: EgressTimings;
  readonly #recorderId = `egress-${newId()}`;
  readonly #sessions = new Map<string, EgressSession>();
  readonly #listeners = new Set<(event: RecorderEvent) => void>();
  readonly #timers: NodeJS.Timeout[] = [];
  #asking: Promise<void> | null = null;
  #askAgain = false;
  /** Sessions for which LiveKit is being asked to start an egress. */
  readonly #starting = new Set<string>();
  /** Egresses that were to end, and may go on for all that is known; `until` once LiveKit has heard of it. */
  readonly #unstopped = new Map<string, { readonly sessionId: string; until: number | null }>();
  /** Until when an egress may show that nobody ends: LiveKit did not answer a start or a stop. 0: all is known. */
  #doubtUntil = 0;
  #searching: Promise<void> | null = null;
  #lost = 0;
  #closing: Promise<void> | null = null;

  constructor(options: EgressRecorderOptions) {
    this.#options = options;
    this.#timings = { ...defaultTimings, ...options.timings };
    this.#every(this.#timings.look, () => void this.#lookAll());
    this.#every(this.#timings.ask, () => this.#ask());
    this.#every(this.#timings.heartbeat, () => this.#beat());
    this.#timers.push(setInterval(() => this.#search(), this.#timings.ask).unref());
  }

  /** @throws ReplayError `not_sharing`, `encrypted_room`, `unsupported_codec`, `recorder_unavailable`, `disk_full`; no egress is left running then. */
  async record(options: RecordOptions): Promise<{ recorderId: string }> {
    if (this.#closing) throw new ReplayError("recorder_unavailable");
    await this.#sessions.get(options.sessionId)?.stop();
    const run = await this.#start(options, options.firstRun, true);
    if (run === null) throw new ReplayError("not_sharing");
    const session = new EgressSession({
      recorder: this.#options,
      timings: this.#timings,
      session: options,
      run,
      start: (number) => this.#start(options, number, false),
      tell: (event) => this.#tell(event),
      ask: () => this.#ask(),
      doubt: (egressId) => this.#mayGoOn(egressId, options.sessionId),
    });
    this.#sessions.set(options.sessionId, session);
    // Closed while LiveKit was asked: nobody would end it later.
    if (this.#closing !== null) await this.#end(session);
    return { recorderId: this.#recorderId };
  }

  async stop(sessionId: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (session) await this.#end(session);
  }

  /** Egress has no tails: what it has not written yet cannot be had. */
  tail(): Promise<null> {
    return Promise.resolve(null);
  }

  drains(sessionId: string): boolean {
    return this.#sessions.has(sessionId) || [...this.#unstopped.values()].some((one) => one.sessionId === sessionId);
  }

  on(listener: (event: RecorderEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Something happened in LiveKit: it is asked what. What the webhook itself says is not believed. */
  webhook(event: WebhookEvent): void {
    const { egressInfo, room } = event;
    const known = [...this.#sessions.values()].some(({ egressId }) => egressId === egressInfo?.egressId);
    if (known || (leaving.has(event.event) && room !== undefined && this.#sessions.size > 0)) this.#ask();
  }

  /**
   * Ends egresses that write below our root for no active session: their server died, or they came back as ghosts. Answers how many.
   * A LiveKit that cannot be asked ends nothing.
   */
  async orphans(): Promise<number> {
    return (await this.#endOrphans()) ?? 0;
  }

  /** Ends all egresses and waits, within bounds, for their last segments. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.all([...this.#sessions.values()].map((session) => this.#end(session)));
      for (const timer of this.#timers) clearInterval(timer);
      await this.#asking;
      await this.#searching;
    })();
    return this.#closing;
  }

  #every(ms: number, work: () => void): void {
    const timer = setInterval(() => {
      if (this.#sessions.size > 0) work();
    }, ms);
    timer.unref();
    this.#timers.push(timer);
  }

  async #start(options: RecordOptions, run: number, isFirst: boolean): Promise<EgressRun | null> {
    this.#starting.add(options.sessionId);
    try {
      return await startEgress(this.#options, options, run, isFirst);
    } catch (error) {
      if (error instanceof ReplayError && error.code === "recorder_unavailable") this.#doubt();
      throw error;
    } finally {
      this.#starting.delete(options.sessionId);
    }
  }

  /** Nobody may be recorded who was told that they are not: what LiveKit did not answer for is looked for until it can be no more. */
  #doubt(): void {
    this.#doubtUntil = this.#options.clock.now() + this.#timings.doubt;
  }

  /** LiveKit did not answer a stop. */
  #mayGoOn(egressId: string, sessionId: string): void {
    this.#unstopped.set(egressId, { sessionId, until: null });
    this.#doubt();
  }

  #search(): void {
    if ((this.#doubtUntil === 0 && this.#unstopped.size === 0) || this.#closing !== null) return;
    this.#searching ??= this.#searchOnce().finally(() => (this.#searching = null));
  }

  async #searchOnce(): Promise<void> {
    const until = this.#doubtUntil;
    const isLast = this.#options.clock.now() >= until;
    const wasAsked = (await this.#endOrphans()) !== null;
    if (wasAsked && isLast && this.#doubtUntil === until) this.#doubtUntil = 0;
  }

  /** Null: LiveKit cannot be asked. */
  async #endOrphans(): Promise<number | null> {
    const { api, logger } = this.#options;
    let ended = 0;
    try {
      const active = await api.active();
      this.#settle(active);
      for (const info of active) {
        if (!(await this.#isOrphan(info))) continue;
        if (await stopQuietly(this.#options, info.egressId, "an egress that recorded for nobody")) ended += 1;
      }
      return ended;
    } catch (error) {
      if (!(error instanceof ReplayError)) throw error;
      logger.warn({ err: error }, "LiveKit could not be asked for egresses that nobody needs");
      return null;
    }
  }

  /** What LiveKit does not list any more has written all that it had. What it lists for long has no worker any more: nothing comes of it. */
  #settle(active: readonly EgressInfo[]): void {
    const now = this.#options.clock.now();
    for (const [egressId, one] of this.#unstopped) {
      one.until ??= now + this.#timings.doubt;
      if (now >= one.until || !active.some((info) => info.egressId === egressId)) this.#unstopped.delete(egressId);
    }
  }

  async #end(session: EgressSession): Promise<void> {
    await session.stop();
    if (this.#sessions.get(session.sessionId) === session) this.#sessions.delete(session.sessionId);
  }

  async #lookAll(): Promise<void> {
    await Promise.all(
      [...this.#sessions.values()].map(async (session) => {
        await session.look();
        if (session.isDone && this.#sessions.get(session.sessionId) === session) this.#sessions.delete(session.sessionId);
      }),
    );
  }

  /** One question at a time for all sessions; asked again when somebody asked meanwhile. */
  #ask(): void {
    this.#askAgain = true;
    this.#asking ??= this.#askWhileWanted().finally(() => (this.#asking = null));
  }

  async #askWhileWanted(): Promise<void> {
    while (this.#askAgain) {
      this.#askAgain = false;
      await this.#askOnce();
    }
  }

  async #askOnce(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    try {
      const active = new Map((await this.#options.api.active()).map((info) => [info.egressId, info]));
      for (const session of sessions) {
        const { egressId } = session;
        session.status(egressId, active.get(egressId) ?? (await this.#options.api.find(egressId)));
        session.reachable();
      }
    } catch (error) {
      const sentence = error instanceof ReplayError ? error.message : "LiveKit cannot be asked for its egresses";
      if (!(error instanceof ReplayError)) this.#options.logger.error({ err: error }, "the state of egresses could not be asked for");
      for (const session of sessions) session.unreachable(sentence);
    }
  }

  async #isOrphan(info: EgressInfo): Promise<boolean> {
    if (this.#unstopped.has(info.egressId)) return true;
    const root = `${bufferRoot(this.#options.outputDir)}/`;
    const prefix = prefixOf(info);
    if (prefix?.startsWith(root) !== true) return false;
    const [room = "", user = "", id = ""] = prefix.slice(root.length).split("/");
    // One that was started a moment ago may be listed before its id is known here.
    if (parseSessionFolder(room, user, id) === null || this.#starting.has(id)) return false;
    const ours = this.#sessions.get(id);
    return ours ? ours.egressId !== info.egressId : !(await this.#options.isWanted(id));
  }

  #beat(): void {
    const stats: RecorderStats = {
      publications: 0,
      sessions: this.#sessions.size,
      eventLoopDelayP99Ms: 0,
      residentBytes: 0,
      drops: { egress_segments: this.#lost },
    };
    this.#tell({ type: "heartbeat", recorderId: this.#recorderId, stats });
  }

  #tell(event: RecorderEvent): void {
    if (event.type === "gap" && event.gap.reason === "disk") this.#lost += 1;
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#options.logger.error({ err: error, event: event.type }, "a listener of the recorder failed");
      }
    }
  }
}
