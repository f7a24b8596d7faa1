/** What is known of sessions only while they live: health, gaps that no segment has told of yet, and how long a lost source is waited for. */
import type { Gap, SessionHealth, WallMs } from "@livekit-replay/contract";

/** A session's fleeting state. */
interface LiveSession {
  health: SessionHealth;
  /** The recorder says that it loses something; stays while other states come and go. */
  degraded: string | null;
  gaps: Gap[];
  /** The highest run that was ever begun: an init file may exist without a segment. */
  highestRun: number;
  /** Until when its owner may publish again; null while it has a source. */
  republishBy: WallMs | null;
}

/** Gaps that wait for the segment that tells of them; more are dropped, oldest first. */
const mostGaps = 50;

const sentences = {
  waiting: "No picture has come yet",
  silent: "Nothing has come from the publisher for a while",
  reconnecting: "The connection is gone and expected back",
} as const;

/** The fleeting state of all sessions of this server. */
export class LiveSessions {
  readonly #sessions = new Map<string, LiveSession>();

  /** Begins to wait for the first picture of a run. */
  begin(sessionId: string, run: number): void {
    const known = this.#sessions.get(sessionId);
    const degraded = known?.degraded ?? null;
    const highestRun = Math.max(run, known?.highestRun ?? -1);
    this.#sessions.set(sessionId, {
      health: { state: "waiting", reason: sentences.waiting },
      degraded,
      gaps: known?.gaps ?? [],
      highestRun,
      republishBy: null,
    });
  }

  end(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }

  /** The highest run that was begun here; -1 when none. */
  highestRun(sessionId: string): number {
    return this.#sessions.get(sessionId)?.highestRun ?? -1;
  }

  /** Health of a session as everybody sees it. */
  health(sessionId: string): SessionHealth {
    const session = this.#sessions.get(sessionId);
    if (!session) return { state: "ok", reason: null };
    if (session.health.state === "ok" && session.degraded !== null) return { state: "degraded", reason: session.degraded };
    return session.health;
  }

  /** A segment is there: the picture flows, and the segment tells of the gaps before it. */
  flows(sessionId: string, run: number): boolean {
    const session = this.#sessions.get(sessionId);
    if (!session) return false;
    const changed = session.health.state !== "ok";
    session.health = { state: "ok", reason: null };
    session.gaps = [];
    session.highestRun = Math.max(session.highestRun, run);
    return changed;
  }

  /** Packets stopped, or came back. Answers whether that changed anything. */
  silent(sessionId: string, silent: boolean): boolean {
    const session = this.#sessions.get(sessionId);
    if (!session || session.health.state === "reconnecting" || (session.health.state === "silent") === silent) return false;
    if (silent) session.health = { state: "silent", reason: sentences.silent };
    else session.health = { state: "ok", reason: null };
    return true;
  }

  degraded(sessionId: string, reason: string | null): void {
    const session = this.#sessions.get(sessionId);
    if (session) session.degraded = reason;
  }

  gap(sessionId: string, gap: Gap): void {
    const session = this.#sessions.get(sessionId);
    if (session) session.gaps = [...session.gaps, gap].slice(-mostGaps);
  }

  /** Gaps after the newest segment. */
  gaps(sessionId: string): readonly Gap[] {
    return this.#sessions.get(sessionId)?.gaps ?? [];
  }

  /** The source is gone; it is waited for until an instant. */
  lost(sessionId: string, republishBy: WallMs): void {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    session.health = { state: "reconnecting", reason: sentences.reconnecting };
    session.republishBy = republishBy;
  }

  /** Sessions without a source, with their limits. */
  waiting(): { readonly sessionId: string; readonly republishBy: WallMs }[] {
    const found: { sessionId: string; republishBy: WallMs }[] = [];
    for (const [sessionId, { republishBy }] of this.#sessions) if (republishBy !== null) found.push({ sessionId, republishBy });
    return found;
  }

  /** The sessions that this server has. */
  ids(): string[] {
    return [...this.#sessions.keys()];
  }

  /** Whether this server has the session. */
  has(sessionId: string): boolean {
    return this.#sessions.has(sessionId);
  }
}
