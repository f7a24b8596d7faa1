/** Why a LiveKit room cannot be joined, or was left against our will, in sentences for the person. */

/**
 * `refused`: LiveKit does not accept the key; `absent`: there is no such room; `old`: the server's version; `unreachable`: nobody answers, or not as LiveKit does.
 * All but `old` and `refused` may pass by themselves.
 */
export type JoinProblem = "refused" | "absent" | "old" | "unreachable";

/** A room could not be joined. The message is for the person and holds no address. */
export class JoinError extends Error {
  override readonly name = "JoinError";

  constructor(
    readonly problem: JoinProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** How a connection to a room ended: `closed` the room is gone for good; `unsaid` LiveKit hung up and did not say why, so it may be gone; `lost` everything else. */
export interface RoomEnd {
  readonly kind: "closed" | "unsaid" | "lost";
  readonly reason: string;
}

/** The reason of `closed`. */
export const roomClosed = "The room was closed";
