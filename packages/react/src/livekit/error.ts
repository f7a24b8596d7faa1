/** Why the page is not in a LiveKit room. */
import { RefusedError, UnreachableError } from "@livekit-replay/client";
import { errorCatalogue } from "@livekit-replay/contract";
import type { DisconnectReason } from "livekit-client";
import type { Livekit } from "./library.js";

/**
 * `unreachable`: no connection, trying again can help; `refused`: LiveKit does not take the token; `elsewhere`: the same device joined a second time;
 * `removed`: somebody took the person out of the room; `closed`: the room was closed.
 */
export type LivekitFailure = "unreachable" | "refused" | "elsewhere" | "removed" | "closed";

/** LiveKit said no, or could not be reached. What the person reads is made from `reason`. */
export class LivekitError extends Error {
  override readonly name = "LivekitError";
  readonly reason: LivekitFailure;

  constructor(reason: LivekitFailure, cause?: unknown) {
    super(`LiveKit: ${reason}`, { cause });
    this.reason = reason;
  }
}

/** Translates what `connect` threw. */
export const connectionFailure = (livekit: Livekit, error: unknown): LivekitError => {
  const refused = error instanceof livekit.ConnectionError && Number(error.reason) === livekit.ConnectionErrorReason.NotAllowed;
  return new LivekitError(refused ? "refused" : "unreachable", error);
};

/** Translates why a room that was joined is no longer. */
export const disconnection = (livekit: Livekit, reason: DisconnectReason | undefined): LivekitError => {
  const { DisconnectReason: reasons } = livekit;
  if (reason === reasons.DUPLICATE_IDENTITY) return new LivekitError("elsewhere");
  if (reason === reasons.PARTICIPANT_REMOVED) return new LivekitError("removed");
  if (reason === reasons.ROOM_DELETED) return new LivekitError("closed");
  return new LivekitError("unreachable");
};

/** True when joining again may succeed by itself. */
export const mayPass = (error: unknown): boolean => {
  if (error instanceof LivekitError) return error.reason === "unreachable";
  if (error instanceof RefusedError) return errorCatalogue[error.code].retryable;
  return error instanceof UnreachableError && error.reason !== "unexpected";
};

/** True while it is the sign-in that is missing: that is said elsewhere, and waited for as long as it takes. */
export const isTokenWait = (error: unknown): boolean => error instanceof UnreachableError && error.reason === "token";
