/** What the page says when something was refused or did not arrive: a sentence with a way out. */
import { ReplayError, UnreachableError, type UnreachableReason } from "@livekit-replay/client";
import type { ErrorCode } from "@livekit-replay/contract";
import { LivekitError, type LivekitFailure, type ReplayText } from "@livekit-replay/react";
import { words } from "./english.js";

/** Every code of the catalogue; null: the server's sentence says it better, because it names something, or no person meets it. */
const sentences: Readonly<Record<ErrorCode, ReplayText | null>> = {
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
  concatenation_failed: words.err_conversion,
  directory_unavailable: words.err_directory,
  database_unavailable: words.err_database,
  internal: words.err_internal,
  unauthenticated: words.err_token,
  rate_limited: words.err_rate,
  not_ready: words.err_ready,
  session_not_found: words.err_session,
  clip_not_found: words.err_clip,
  room_not_found: words.err_room,
  post_not_found: words.err_post,
  publication_not_found: words.err_publication,
  unsupported_codec: null,
  invalid_request: null,
  community_not_found: null,
  user_not_found: null,
  role_not_found: null,
  member_not_found: null,
  belongs_elsewhere: null,
  directory_of_host: null,
  route_not_found: null,
  invalid_sdp: null,
  precondition_failed: null,
  precondition_required: null,
  ice_restart_unsupported: null,
  method_not_allowed: null,
  unsupported_media_type: null,
  range_not_satisfiable: null,
  body_too_large: null,
};

const callSentences: Record<LivekitFailure, ReplayText> = {
  unreachable: words.err_call_unreachable,
  refused: words.err_call_refused,
  elsewhere: words.err_call_elsewhere,
  removed: words.err_call_removed,
  closed: words.err_call_closed,
};

const unreachable: Readonly<Record<UnreachableReason, ReplayText>> = {
  network: words.err_network,
  timeout: words.err_network,
  unexpected: words.err_unexpected,
  token: words.err_token,
};

/** The sentence for a refusal that came as a part of an answer. */
export const refusalOf = (
  { code, detail }: { readonly code: ErrorCode; readonly detail: string },
  say: (text: ReplayText) => string,
): string => {
  const sentence = sentences[code];
  return sentence === null ? detail : say(sentence);
};

/** In a frame the page that holds it has to allow a share (Permissions Policy, `display-capture`). */
const isOfFrame = ({ name }: DOMException): boolean => name === "NotAllowedError" && window.parent !== window;

/** The sentence for an error: the page's own where it knows a way out, else the server's. */
export const sentenceOf = (error: unknown, say: (text: ReplayText) => string): string => {
  if (error instanceof LivekitError) return say(callSentences[error.reason]);
  if (error instanceof UnreachableError) return say(unreachable[error.reason]);
  if (error instanceof DOMException) return say(isOfFrame(error) ? words.err_screen_frame : words.err_screen);
  if (!(error instanceof ReplayError)) return error instanceof Error ? error.message : say(words.failed);
  return refusalOf({ code: error.code, detail: error.message }, say);
};
