/** What the recorder tells becomes what sessions are: segments into the index, silence and loss into health, the end of a publication into the end of its session. */
import { millis, type Millis, type SegmentEntry, wallMs } from "@livekit-replay/contract";
import type { SessionRow } from "../catalog/port.js";
import type { Metrics } from "../platform/metrics.js";
import type { RecorderEvent } from "../recorders/port.js";
import type { Ending } from "./end.js";
import type { SessionParts } from "./parts.js";

/** How long a session whose recorder died stays active without a new publication. */
const republishLimit: Millis = millis(60_000);

type PublicationEvent = Extract<RecorderEvent, { type: "publication" }>;
type ShareEvent = Extract<RecorderEvent, { type: "share" }>;
type DownEvent = Extract<RecorderEvent, { type: "down" }>;

/** Follows the recorder from its making to `close`. */
export class Following {
  readonly #parts: SessionParts;
  readonly #ending: Ending;
  readonly #metrics: Metrics;
  readonly #stop: () => void;
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: SessionParts, ending: Ending, metrics: Metrics) {
    this.#parts = parts;
    this.#ending = ending;
    this.#metrics = metrics;
    this.#stop = parts.recorders.on((event) => this.#track(this.#hear(event), event.type));
  }

  /** Hears nothing more, and waits for what was heard. Idempotent. */
  async close(): Promise<void> {
    this.#stop();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #track(work: Promise<void> | undefined, what: string): void {
    if (!work) return;
    const done = work
      .catch((error: unknown) => this.#parts.logger.error({ err: error, event: what }, "an event of the recorder could not be followed"))
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  /** Synchronous up to the first answer of somebody else, so that events are taken in their order. */
  #hear(event: RecorderEvent): Promise<void> | undefined {
    const { live, catalog, clock } = this.#parts;
    switch (event.type) {
      case "segment":
        return this.#segment(event.sessionId, event.segment);
      case "gap":
        live.gap(event.sessionId, event.gap);
        return this.#tell(event.sessionId, "window");
      case "health":
        live.degraded(event.sessionId, event.state === "degraded" ? (event.reason ?? "Something is lost") : null);
        return this.#tell(event.sessionId, "session");
      case "publication":
        return this.#publication(event);
      case "share":
        return this.#share(event);
      case "down":
        return this.#down(event);
      case "up":
        return undefined;
      case "heartbeat":
        return catalog.sessions.heartbeat(event.recorderId, clock.now());
      default:
        return event satisfies never;
    }
  }

  #segment(sessionId: string, segment: SegmentEntry): Promise<void> {
    const changed = this.#parts.live.flows(sessionId, segment.run);
    // Listed in this turn: whoever asks the recorder for a tail finds every segment that was closed before it.
    const listed = this.#parts.store.buffers.get(sessionId)?.add(segment);
    this.#metrics.count("segments_total", "Segments that recorders closed");
    return this.#listed(sessionId, segment, listed, changed);
  }

  async #listed(sessionId: string, segment: SegmentEntry, listed: Promise<unknown> | undefined, changed: boolean): Promise<void> {
    const { catalog, store } = this.#parts;
    const row = await catalog.sessions.find(sessionId);
    if (!row) return;
    if (listed) await listed;
    else await (await store.buffers.open({ roomName: row.roomName, userId: row.userId, sessionId })).add(segment);
    if (changed) await this.#tell(sessionId, "session");
    await this.#tell(sessionId, "window");
  }

  #publication({ publicationId, state }: PublicationEvent): Promise<void> | undefined {
    const { publications, live, serial } = this.#parts;
    const publication = publications.get(publicationId);
    if (!publication) return undefined;
    if (state === "ended") {
      return serial.run(publication.userId, async () => {
        const ended = publications.remove(publicationId);
        if (ended?.sessionId) await this.#ending.end(ended.sessionId, { stopRecorder: false, why: "share" });
      });
    }
    publication.state = state === "silent" ? "silent" : "flowing";
    const changed = publication.sessionId !== null && live.source(publication.sessionId, state === "silent" ? "silent" : null);
    return changed && publication.sessionId !== null ? this.#tell(publication.sessionId, "session") : undefined;
  }

  /** A share of a LiveKit room: its recorder finds the way back by itself, so only its end ends the session. */
  #share({ sessionId, state, reason }: ShareEvent): Promise<void> | undefined {
    const { live, serial, catalog } = this.#parts;
    if (state !== "ended")
      return live.source(sessionId, state === "flowing" ? null : state, reason) ? this.#tell(sessionId, "session") : undefined;
    const life = live.lifeOf(sessionId);
    return catalog.sessions.find(sessionId).then(async (row) => {
      if (!row) return;
      await serial.run(row.userId, async () => {
        // Stopped and begun anew before this had its turn: what ended was the recording before.
        if (live.lifeOf(sessionId) === life) await this.#ending.end(sessionId, { stopRecorder: false, why: "share" });
      });
    });
  }

  async #down({ recorderId, publicationIds, sessionIds }: DownEvent): Promise<void> {
    const { publications, live, catalog, clock, serial, logger } = this.#parts;
    const republishBy = wallMs(clock.now() + republishLimit);
    // The recorder does not know of sessions that are paused.
    const fed = publicationIds.flatMap((id) => publications.remove(id)?.sessionId ?? []);
    const lost = [...new Set([...sessionIds, ...fed])];
    for (const id of lost) live.gone(id, republishBy);
    logger.warn({ recorderId, sessions: lost.length }, "a recorder is gone; its sessions wait for their publishers");
    for (const id of lost) {
      const row = await catalog.sessions.find(id);
      if (row) await serial.run(row.userId, () => this.#waits(id));
    }
  }

  async #waits(sessionId: string): Promise<void> {
    const { live, catalog, bus } = this.#parts;
    // It may have a source again when its turn comes.
    if (live.waitsUntil(sessionId) === null) return;
    await catalog.sessions.update(sessionId, "active", { recorderId: null, publicationId: null });
    const session = await this.#active(sessionId);
    if (!session) return;
    bus.publish({ type: "session", session });
    bus.publish({ type: "republish", session });
  }

  async #tell(sessionId: string, type: "session" | "window"): Promise<void> {
    const session = await this.#parts.catalog.sessions.find(sessionId);
    if (session) this.#parts.bus.publish({ type, session });
  }

  async #active(sessionId: string): Promise<SessionRow | null> {
    const row = await this.#parts.catalog.sessions.find(sessionId);
    return row?.state === "active" ? row : null;
  }
}
