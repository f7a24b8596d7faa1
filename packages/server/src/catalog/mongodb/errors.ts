/** What the driver and the server throw, as what it means here. */
import { ReplayError } from "@livekit-replay/contract";
import {
  MongoClientClosedError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from "mongodb";

/** MongoDB's code of a value that is there already. */
const DUPLICATE_KEY = 11_000;
/** FerretDB 1 tells it of an insert by the same code, of an update by this one and its SQLite's words. */
const INTERNAL = 1;
/** MongoDB's code of a full disk. */
const OUT_OF_DISK_SPACE = 14_031;
/** Nobody may write at this moment (an election, a shutdown, a member that does not answer); trying again can help. */
const NOT_NOW: ReadonlySet<number> = new Set([6, 7, 64, 89, 91, 100, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Whether a unique index refused a document. */
export const uniqueViolation = (error: unknown): boolean =>
  error instanceof MongoServerError &&
  (error.code === DUPLICATE_KEY || (error.code === INTERNAL && error.message.includes("UNIQUE constraint failed")));

/** What a socket says by itself where the driver passes it on as it is. */
const SOCKET_CODES: ReadonlySet<unknown> = new Set(["EPIPE", "ECONNRESET", "ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"]);

const socketCode = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/** The connection had ended before anything of the command was sent: nothing can have been done. The driver tries such a command again by itself only where it sees the end first. */
export const isUnsent = (error: unknown): boolean => !(error instanceof MongoError) && socketCode(error) === "EPIPE";

function isUnreachable(error: MongoError): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error instanceof MongoTopologyClosedError || error instanceof MongoNotConnectedError) return true;
  if (error instanceof MongoClientClosedError) return true;
  // Everything in the pool is busy: the driver exports no class for it.
  if (error.name === "MongoWaitQueueTimeoutError" || error.name === "MongoWriteConcernError") return true;
  return (typeof error.code === "number" && NOT_NOW.has(error.code)) || error.hasErrorLabel("RetryableWriteError");
}

/** Translates what was thrown; what is a fault of ours stays what it is. */
export function translated(error: unknown): unknown {
  if (!(error instanceof MongoError))
    return SOCKET_CODES.has(socketCode(error)) ? new ReplayError("database_unavailable", { cause: error }) : error;
  if (error.code === OUT_OF_DISK_SPACE) return new ReplayError("disk_full", { cause: error });
  return isUnreachable(error) ? new ReplayError("database_unavailable", { cause: error }) : error;
}
