/** What the page says when something was refused or did not arrive: a sentence with a way out. */
import { ReplayError, UnreachableError } from "@livekit-replay/client";
import type { ErrorCode } from "@livekit-replay/contract";
import { LivekitError, type LivekitFailure, type ReplayText } from "@livekit-replay/react";
import { words } from "./english.js";

const sentences: Partial<Record<ErrorCode, ReplayText>> = {
  quota_exceeded: words.err_quota,
  no_segments: words.err_segments,
  already_active: words.err_active,
  community_limit: words.err_limit,
  permission_denied: words.err_permission,
  community_disabled: words.err_disabled,
  disk_full: words.err_disk,
  recorder_unavailable: words.err_recorder,
  not_sharing: words.err_sharing,
  encrypted_room: words.err_encrypted,
  channel_not_found: words.err_channel,
};

const callSentences: Record<LivekitFailure, ReplayText> = {
  unreachable: words.err_call_unreachable,
  refused: words.err_call_refused,
  elsewhere: words.err_call_elsewhere,
  removed: words.err_call_removed,
  closed: words.err_call_closed,
};

/** The sentence for a refusal that came as a part of an answer. */
export const refusalOf = (
  { code, detail }: { readonly code: ErrorCode; readonly detail: string },
  say: (text: ReplayText) => string,
): string => {
  const sentence = sentences[code];
  return sentence === undefined ? detail : say(sentence);
};

/** The sentence for an error: the page's own where it knows a way out, else the server's. */
export const sentenceOf = (error: unknown, say: (text: ReplayText) => string): string => {
  if (error instanceof LivekitError) return say(callSentences[error.reason]);
  if (error instanceof UnreachableError) return error.reason === "unexpected" ? error.message : say(words.err_network);
  if (!(error instanceof ReplayError)) return error instanceof Error ? error.message : say(words.failed);
  return refusalOf({ code: error.code, detail: error.message }, say);
};
