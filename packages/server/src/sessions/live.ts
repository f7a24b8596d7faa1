/** What is known of sessions only while they live: health, gaps that no segment has told of yet, and how long a lost source is waited for. */
import type { Gap, SessionHealth, WallMs } from "@livekit-replay/contract";

/** Why nothing comes of a source. `gone`: its recorder or transport is not there any more, another one is waited for. */
export type SourceTrouble = "silent" | "muted" | "lost" | "gone";

/** A session's fleeting state. */
interface LiveSession {
  /** Counts up each time that recording begins, over all sessions. */
  readonly life: number;
  /** A segment of the run that was begun last has come. */
  pictured: boolean;
  /** Null while the source gives what it has. */
  trouble: { readonly kind: SourceTrouble; readonly reason: string } | null;
  /** The recorder says that it loses something; stays while other states come and go. */
  degraded: string | null;
  gaps: Gap[];
  /** The highest run that was ever begun: an init file may exist without a segment. */
  highestRun: number;
  /** Until when its owner may publish again; null while it has a source. */
  waitsUntil: WallMs | null;
}

/** Gaps that wait for the segment that tells of them; more are dropped, oldest first. */
const mostGaps = 50;

const states = { silent: "silent", muted: "silent", lost: "reconnecting", gone: "reconnecting" } as const;

const sentences: Readonly<Record<SourceTrouble | "waiting", string>> = {
  waiting: "No picture has come yet",
  silent: "Nothing has come from the publisher for a while",
  muted: "The share is muted",
  lost: "LiveKit cannot be reached; recording goes on when it is back",
  gone: "The connection is gone and expected back",
};

function healthOf({ trouble, pictured, degraded }: LiveSession): SessionHealth {
  if (trouble) return { state: states[trouble.kind], reason: trouble.reason };
  if (!pictured) return { state: "waiting", reason: sentences.waiting };
  return degraded === null ? { state: "ok", reason: null } : { state: "degraded", reason: degraded };
}

/** The fleeting state of all sessions of this server. */
export class LiveSessions {
  readonly #sessions = new Map<string, LiveSession>();
  readonly #ofAdmins = new Set<string>();
  #lives = 0;

  /** Begins to wait for the first picture of a run. */
  begin(sessionId: string, run: number): void {
    const known = this.#sessions.get(sessionId);
    this.#lives += 1;
    this.#sessions.set(sessionId, {
      life: this.#lives,
      pictured: false,
      trouble: null,
      degraded: known?.degraded ?? null,
      gaps: known?.gaps ?? [],
      highestRun: Math.max(run, known?.highestRun ?? -1),
      waitsUntil: null,
    });
  }

  end(sessionId: string): void {
    this.#sessions.delete(sessionId);
    this.#ofAdmins.delete(sessionId);
  }

  /** An instance admin began it: their right need not come from the directory. */
  ofAdmin(sessionId: string): void {
    if (this.#sessions.has(sessionId)) this.#ofAdmins.add(sessionId);
  }

  /** See `ofAdmin`. */
  isOfAdmin(sessionId: string): boolean {
    return this.#ofAdmins.has(sessionId);
  }

  /** Tells one recording of a session from another one of it; null when it is not recorded by this server. */
  lifeOf(sessionId: string): number | null {
    return this.#sessions.get(sessionId)?.life ?? null;
  }

  /** The highest run that was begun here; -1 when none. */
  highestRun(sessionId: string): number {
    return this.#sessions.get(sessionId)?.highestRun ?? -1;
  }

  /** Health of an active session as everybody sees it. One that is not known here has its place and is about to begin. */
  health(sessionId: string): SessionHealth {
    const session = this.#sessions.get(sessionId);
    return session ? healthOf(session) : { state: "waiting", reason: sentences.waiting };
  }

  /** A segment is there: the picture flows, and the segment tells of the gaps before it. Answers whether health changed. */
  flows(sessionId: string, run: number): boolean {
    return this.#change(sessionId, (session) => {
      session.pictured = true;
      // The last segment before a mute or a loss is told of after it.
      if (session.trouble?.kind === "silent") session.trouble = null;
      session.gaps = [];
      session.highestRun = Math.max(session.highestRun, run);
    });
  }

  /**
   * The source says how it is; null: it gives what it has. Answers whether health changed.
   * @param reason a sentence for the person; null: the usual one
   */
  source(sessionId: string, kind: Exclude<SourceTrouble, "gone"> | null, reason: string | null = null): boolean {
    return this.#change(sessionId, (session) => {
      if (session.waitsUntil === null) session.trouble = kind && { kind, reason: reason ?? sentences[kind] };
    });
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

  /** The source is gone; another one is waited for until an instant. */
  gone(sessionId: string, until: WallMs): void {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    session.trouble = { kind: "gone", reason: sentences.gone };
    session.waitsUntil = until;
  }

  /** Until when a session without a source waits for one; null when it has one, or is not known here. */
  waitsUntil(sessionId: string): WallMs | null {
    return this.#sessions.get(sessionId)?.waitsUntil ?? null;
  }

  /** Sessions without a source, with their limits. */
  waiting(): { readonly sessionId: string; readonly until: WallMs }[] {
    return [...this.#sessions].flatMap(([sessionId, { waitsUntil: until }]) => (until === null ? [] : [{ sessionId, until }]));
  }

  /** The sessions that this server has. */
  ids(): string[] {
    return [...this.#sessions.keys()];
  }

  /** Whether this server has the session. */
  has(sessionId: string): boolean {
    return this.#sessions.has(sessionId);
  }

  #change(sessionId: string, change: (session: LiveSession) => void): boolean {
    const session = this.#sessions.get(sessionId);
    if (!session) return false;
    const before = healthOf(session);
    change(session);
    const after = healthOf(session);
    return before.state !== after.state || before.reason !== after.reason;
  }
}
