/** The end of a session: recording stops, the row says so, the grace begins. */
import { type Millis, millis, type WallMs, wallMs } from "@livekit-replay/contract";
import { folderOf } from "../catalog/places.js";
import type { SessionRow } from "../catalog/port.js";
import type { SessionBuffer } from "../store/buffer.js";
import type { Grace } from "./grace.js";
import type { SessionParts } from "./parts.js";

/** How a session ends. */
export interface EndOptions {
  /** The recorder has it still: close its open GOP first. */
  readonly stopRecorder: boolean;
  /** See `SessionRow.endedBy`. */
  readonly why: "stop" | "share";
}

/** Other servers, which end sessions of theirs. */
export interface SessionEnders {
  /** True when another server had the session and has ended it. */
  end(row: SessionRow, why: "stop" | "share"): Promise<boolean>;
  /** Whether the session is another server's by its row, be that server alive or not. */
  isTheirs(row: SessionRow): boolean;
}

const noOthers: SessionEnders = { end: () => Promise.resolve(false), isTheirs: () => false };

/** What an end writes into the row. */
interface End {
  readonly endedAtMs: WallMs;
  readonly graceFrom: WallMs;
  readonly endedBy: "stop" | "share";
}

/** An end on its way into the row. */
interface UnwrittenEnd {
  /** Which recording of the session it ends. */
  readonly life: number | null;
  readonly why: "stop" | "share";
  at: WallMs;
  /** The recorder is to be stopped first. */
  recorded: boolean;
}

/** How long the end of a session waits for egress, whose last segment comes some 10 s after the stop. */
const egressPatience: Millis = millis(5_000);

/** Ends sessions. Calls for one person must not overlap. */
export class Ending {
  readonly #parts: SessionParts;
  readonly #grace: Grace;
  readonly #others: SessionEnders;
  /** Ends that could not be written (the database was away), by session. */
  readonly #unwritten = new Map<string, UnwrittenEnd>();

  constructor(parts: SessionParts, grace: Grace, others: SessionEnders = noOthers) {
    this.#parts = parts;
    this.#grace = grace;
    this.#others = others;
  }

  /**
   * Ends an active session; one that has ended by itself does not go on any more when somebody stops it. The recorder's failure does not keep it active.
   * An end that cannot be written when nothing is recorded any more is written later: the session counts as one without a source, and those are looked after.
   */
  async end(sessionId: string, options: EndOptions): Promise<void> {
    const { clock, live } = this.#parts;
    const life = live.lifeOf(sessionId);
    const before = this.#unwritten.get(sessionId);
    const end = before?.life === life ? before : { life, why: options.why, at: clock.now(), recorded: options.stopRecorder };
    try {
      await this.#end(sessionId, end);
      this.#unwritten.delete(sessionId);
    } catch (error) {
      if (!end.recorded && life !== null) {
        this.#unwritten.set(sessionId, end);
        live.gone(sessionId, clock.now());
      }
      throw error;
    }
  }

  async #end(sessionId: string, end: UnwrittenEnd): Promise<void> {
    const { catalog, clock, live } = this.#parts;
    const row = await catalog.sessions.find(sessionId);
    if (row?.state !== "active") return row?.endedBy === "share" && end.why === "stop" ? this.#forGood(row) : undefined;
    if (end.recorded && (await this.#others.end(row, end.why))) return;
    // What ended here is the recording of before: the share goes on at the server that has taken the session.
    if (!end.recorded && this.#others.isTheirs(row)) return live.end(sessionId);
    if (end.recorded) {
      await this.#stop(row);
      end.recorded = false;
      end.at = clock.now();
    }
    await this.#close(row, { endedAtMs: end.at, graceFrom: end.at, endedBy: end.why });
    live.end(sessionId);
  }

  /** It ended without anybody's wish, and now somebody wishes it: it must not go on by itself. */
  async #forGood(row: SessionRow): Promise<void> {
    const { catalog, bus } = this.#parts;
    const change = { endedBy: "stop", pausedAtMs: null } as const;
    if (await catalog.sessions.update(row.id, "ended", change)) bus.publish({ type: "session", session: { ...row, ...change } });
  }

  /**
   * Ends a session whose recorder is not heard of any more: its grace begins now, when somebody can capture it again.
   * False when it is not so any more: another server was faster, or has the session now.
   */
  async endOrphan(row: SessionRow): Promise<boolean> {
    const lastHeard = wallMs(Math.max(row.startedAtMs, row.heartbeatAtMs ?? row.startedAtMs));
    return this.#close(row, { endedAtMs: lastHeard, graceFrom: this.#parts.clock.now(), endedBy: "share" }, row.serverId);
  }

  /** What the recorder closes is listed before the session ends; only egress may take longer than a person waits, and its last segment is listed afterwards. */
  async #stop({ id: sessionId, recorder }: SessionRow): Promise<void> {
    const { logger, recorders } = this.#parts;
    const stopped = recorders.stop(sessionId).catch((error: unknown) => {
      logger.warn({ err: error, sessionId }, "the recorder could not be told to stop a session");
    });
    if (recorder !== "egress") return stopped;
    const { promise: patience, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, egressPatience);
    await Promise.race([stopped, patience]);
    clearTimeout(timer);
  }

  /**
   * Where nothing was recorded there is nothing to capture: the grace of such a session is over as it ends. Egress may have segments that are not there yet.
   * @param serverId only while this server has the session; undefined: whoever has it
   */
  async #close(row: SessionRow, { endedAtMs, graceFrom, endedBy }: End, serverId?: string | null): Promise<boolean> {
    const { catalog, store, bus } = this.#parts;
    const buffer = await store.buffers.open(folderOf(row));
    await buffer.upToDate();
    const graceFromMs = row.recorder !== "egress" && (await isEmpty(buffer)) ? this.#grace.overAt(graceFrom) : graceFrom;
    const change = {
      state: "ended",
      endedAtMs,
      graceFromMs,
      endedBy,
      // Who stops it has nothing paused any more; a share that comes back by itself is not recorded against its person's will.
      ...(endedBy === "stop" ? { pausedAtMs: null } : {}),
      slot: null,
      publicationId: null,
      recorderId: null,
      heartbeatAtMs: null,
      serverId: null,
    } as const;
    if (!(await catalog.sessions.update(row.id, "active", change, serverId))) return false;
    buffer.setEnded(true);
    bus.publish({ type: "session", session: { ...row, ...change } });
    return true;
  }
}

/** Whether nothing lies in a session's folder that could be captured. What cannot be read at this moment is not nothing: its buffer would be deleted at once. */
async function isEmpty(buffer: SessionBuffer): Promise<boolean> {
  if (buffer.segments.length > 0) return false;
  await buffer.refresh();
  return buffer.segments.length === 0 && buffer.strays.length === 0;
}
