/** Who asks, and how they asked: what a view needs to say what the person may do and to make links that work for them. */
import { wallMs } from "@livekit-replay/contract";
import type { Caller } from "../directory/port.js";
import type { LinkHolder } from "./link.js";

/** One request's (or event stream's) person. */
export interface Viewer {
  readonly caller: Caller;
  /** The token, not only the directory, says that the person is instance admin. */
  readonly adminByToken: boolean;
  /** The address that links begin with, without a slash at its end. */
  readonly base: string;
  /** The `token` of the signed link that the request came with; null when it came with a `Bearer` token. */
  readonly link: string | null;
}

/** The viewer as the one that a link is made for. */
export const linkHolderOf = ({ caller, adminByToken }: Viewer): LinkHolder => ({
  userId: caller.userId,
  adminByToken,
  expiresAt: wallMs(caller.tokenExpiresAtMs),
});
