/** An active session's recording is stopped, and begun anew in the next run: for a pause, and for what is forgotten. Calls for one person must not overlap. */
import { type GapReason, type Millis, millis, ReplayError } from "@livekit-replay/contract";
import { folderOf } from "../catalog/places.js";
import type { SessionRow } from "../catalog/port.js";
import type { Ending } from "./end.js";
import type { SessionParts } from "./parts.js";
import { keptPlace, type Recording } from "./record.js";
import type { Shares } from "./shares.js";

/** What reruns are made with. */
export interface RerunsParts {
  readonly sessions: SessionParts;
  readonly recording: Recording;
  readonly shares: Shares;
  readonly ending: Ending;
}

/** How long a pause waits for egress, whose last segment comes some 10 s after the stop. */
const egressPatience: Millis = millis(5_000);

/** Stops and begins. */
export class Reruns {
  readonly #parts: RerunsParts;

  constructor(parts: RerunsParts) {
    this.#parts = parts;
  }

  /**
   * Nothing more is recorded, and what was recorded is listed: all of it, unless egress takes longer for its last segment than a person waits and `whole` is not asked for.
   * @throws ReplayError `recorder_unavailable` when the recorder cannot be told: it may go on then, or stop later, or be gone with the share. `goOn` says what is.
   */
  async stop(row: SessionRow, { whole }: { readonly whole: boolean }): Promise<void> {
    const { recorders, store, logger } = this.#parts.sessions;
    const stopped = recorders.stop(row.id);
    if (row.recorder !== "egress" || whole) await stopped;
    else {
      const { promise: patience, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, egressPatience);
      await Promise.race([stopped, patience]);
      clearTimeout(timer);
      stopped.catch((error: unknown) => logger.warn({ err: error, sessionId: row.id }, "the end of an egress could not be followed"));
    }
    await (await store.buffers.open(folderOf(row))).upToDate();
  }

  /**
   * Records what the person shares still. Where their publication is gone, it goes on with the next one.
   * @throws ReplayError `not_sharing`, `recorder_unavailable`, `encrypted_room`, `unsupported_codec`
   */
  async begin(row: SessionRow, reason: GapReason): Promise<SessionRow> {
    const { publications, whip } = this.#parts.sessions;
    if (row.identity !== null) return this.#parts.shares.again(row, reason);
    const publication = publications.ofUser(row.userId);
    if (publication?.sessionId !== row.id) return row;
    const start = async (run: Parameters<typeof whip.start>[0]): Promise<void> => {
      try {
        await whip.start(run);
      } catch (error) {
        throw error instanceof ReplayError && error.code === "publication_not_found"
          ? new ReplayError("not_sharing", { cause: error })
          : error;
      }
    };
    return this.#parts.recording.begin(
      keptPlace(row),
      async (run) => {
        if (run) await start({ ...run, publicationId: publication.id });
        return { publicationId: publication.id, recorderId: publication.recorderId, identity: null };
      },
      reason,
    );
  }

  /**
   * As `begin`, but a share that cannot be recorded any more ends its session, so that nobody takes it for recorded; one of a LiveKit room that is still
   * there is then taken up again by itself. Answers the session as it is then.
   * @throws errors of the database
   */
  async goOn(row: SessionRow, reason: GapReason): Promise<SessionRow> {
    const { catalog, logger } = this.#parts.sessions;
    try {
      return await this.begin(row, reason);
    } catch (error) {
      logger.warn({ err: error, sessionId: row.id }, "a session could not go on after its recording was stopped");
      await this.#parts.ending.end(row.id, { stopRecorder: false, why: "share" });
      return (await catalog.sessions.find(row.id)) ?? row;
    }
  }
}
