/** All publications of a recorder process and the sessions recorded from them: bounded, ticked by one timer. */
import {
  type Millis,
  type RecorderMessage,
  type RecorderRequest,
  ReplayError,
  type TailEntry,
  type WallMs,
  wallMs,
} from "@livekit-replay/contract";
import { steadyNow, wallNow, wallPassed } from "../clock.js";
import type { SegmentFiles } from "../writing/session.js";
import { addDrops, type Drops } from "../share/drops.js";
import type { RtcNetwork } from "./network.js";
import { Publication, type PublicationTimings } from "./publication.js";

type RequestOf<T extends RecorderRequest["type"]> = Extract<RecorderRequest, { type: T }>;

/** Options of `Publications`. */
export interface PublicationsOptions {
  readonly network: RtcNetwork;
  readonly timings: PublicationTimings;
  readonly segmentMs: Millis;
  /** Opens a session's folder for writing. */
  readonly openFiles: (folder: { roomName: string; userId: string; sessionId: string }) => Promise<SegmentFiles>;
  readonly notify: (message: RecorderMessage) => void;
  readonly onError: (error: unknown, sessionId: string) => void;
}

/** Publications that one process takes; further offers are refused (another process may have room). */
const MAX_PUBLICATIONS = 64;
const TICK_MS = 10;
/** How long after its end was asked for a publication still takes packets. */
const LAST_PACKETS_MS = 100;

/** Lives as long as the process; `close` ends every publication. */
export class Publications {
  readonly #options: PublicationsOptions;
  readonly #publications = new Map<string, Publication>();
  /** Offers that are being answered. */
  #opening = 0;
  #timer: NodeJS.Timeout | null = null;
  #pastDrops: Drops = {};
  #closed = false;

  constructor(options: PublicationsOptions) {
    this.#options = options;
  }

  /** How many there are, how many of them are recorded, and what was dropped since the process started. */
  get stats(): { publications: number; sessions: number; drops: Drops } {
    const all = [...this.#publications.values()];
    const drops = all.reduce((sum, publication) => addDrops(sum, publication.drops), this.#pastDrops);
    return { publications: all.length, sessions: all.filter(({ sessionId }) => sessionId !== null).length, drops };
  }

  /** Answers an offer. Throws `invalid_sdp`, `unsupported_codec`, or `recorder_unavailable` when the process is full. */
  async offer({ publicationId, sdp }: RequestOf<"offer">): Promise<string> {
    if (this.#publications.has(publicationId)) throw new ReplayError("invalid_request", { detail: "publicationId is in use" });
    if (this.#closed || this.#publications.size + this.#opening >= MAX_PUBLICATIONS) throw new ReplayError("recorder_unavailable");
    this.#opening += 1;
    try {
      const { network, timings, notify } = this.#options;
      const options = { publicationId, network, timings, notify, onEnded: (ended: Publication) => this.#remove(ended) };
      const { publication, answer } = await Publication.open(options, sdp);
      this.#publications.set(publicationId, publication);
      this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
      if (this.#closed) await publication.end("The recorder stops");
      if (!publication.isEnded) return answer;
      this.#remove(publication);
      throw new ReplayError("recorder_unavailable");
    } finally {
      this.#opening -= 1;
    }
  }

  /** Throws `publication_not_found`, `invalid_sdp`. */
  candidates({ publicationId, fragment }: RequestOf<"candidates">): void {
    this.#find(publicationId).addCandidates(fragment);
  }

  /** Idempotent. The request may be faster than the last packets of the media: they are waited for. */
  async unpublish({ publicationId }: RequestOf<"unpublish">): Promise<void> {
    const publication = this.#publications.get(publicationId);
    if (!publication) return;
    await wallPassed(wallMs(wallNow() + LAST_PACKETS_MS));
    await publication.end("The publisher ended the publication");
  }

  /** Begins to record. A session that another publication feeds is taken from it first. */
  async start(request: RequestOf<"start">): Promise<void> {
    const { sessionId, firstRun, firstRunReason } = request;
    const publication = this.#find(request.publicationId);
    if (publication.sessionId === sessionId) return;
    await this.#ofSession(sessionId)?.stop();
    const files = await this.#options.openFiles(request);
    try {
      const onError = (error: unknown): void => this.#options.onError(error, sessionId);
      publication.start({ sessionId, files, firstRun, firstRunReason, segmentMs: this.#options.segmentMs, onError });
    } catch (error) {
      await files.close();
      throw error;
    }
  }

  /** Idempotent. */
  async stop({ sessionId }: RequestOf<"stop">): Promise<void> {
    await this.#ofSession(sessionId)?.stop();
  }

  /** Writes what is open of a session, up to an instant that has passed; null when nothing is. */
  async tail(sessionId: string, captureId: string, cutAt: WallMs): Promise<TailEntry | null> {
    return (await this.#ofSession(sessionId)?.tail(captureId, cutAt)) ?? null;
  }

  /** Ends all of them: open GOPs are written and announced. Idempotent. */
  async close(reason: string): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#publications.values()].map((publication) => publication.end(reason)));
  }

  #find(publicationId: string): Publication {
    const publication = this.#publications.get(publicationId);
    if (!publication) throw new ReplayError("publication_not_found");
    return publication;
  }

  #ofSession(sessionId: string): Publication | undefined {
    for (const publication of this.#publications.values()) if (publication.sessionId === sessionId) return publication;
    return undefined;
  }

  #remove(publication: Publication): void {
    if (!this.#publications.delete(publication.id)) return;
    this.#pastDrops = addDrops(this.#pastDrops, publication.drops);
    if (this.#publications.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const wall = wallNow();
    const steady = steadyNow();
    for (const publication of this.#publications.values()) publication.tick(wall, steady);
  }
}
