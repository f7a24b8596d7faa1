/** How the editor speaks: times to be seen and to be heard, and what to say when something was refused. */
import { ReplayError, UnreachableError } from "@livekit-replay/client";
import type { ErrorCode } from "@livekit-replay/contract";
import { exactText, exactTimeText, spokenText } from "../texts/amounts.js";
import { texts, type ReplayText } from "../texts/english.js";
import type { TrimSource } from "./source.js";

/** An instant of the target: of a clip its playing time, of a buffer the time of day. */
export const instantText = ({ kind }: TrimSource, ms: number): string => (kind === "clip" ? exactText(ms) : exactTimeText(ms));

/** The same for who hears it. */
export const instantWords = ({ kind }: TrimSource, ms: number): string => (kind === "clip" ? spokenText(ms) : exactTimeText(ms));

const refusals: Partial<Record<ErrorCode, ReplayText>> = {
  quota_exceeded: texts.trimErrQuota,
  disk_full: texts.trimErrDisk,
  not_ready: texts.trimErrReady,
  clip_not_found: texts.trimErrGone,
  session_not_found: texts.trimErrBuffer,
  no_segments: texts.trimErrBuffer,
};

/** What is said when a part could not be kept: a sentence with a way out where there is one, else the server's own. */
export const refusalText = (error: unknown, text: (of: ReplayText) => string): string => {
  if (error instanceof UnreachableError && error.reason !== "unexpected") return text(texts.trimErrNetwork);
  const own = error instanceof ReplayError ? refusals[error.code] : undefined;
  if (own !== undefined) return text(own);
  return error instanceof Error ? error.message : String(error);
};
