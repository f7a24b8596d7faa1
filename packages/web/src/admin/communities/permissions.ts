/** The permissions in words. */
import type { Permission } from "@livekit-replay/contract";
import type { ReplayText } from "@livekit-replay/react";
import { views } from "../texts/views.js";

/** Each in a word or two, and in a sentence. */
export const permissionWords: Readonly<Record<Permission, { readonly name: ReplayText; readonly sentence: ReplayText }>> = {
  ENABLE_REPLAY_BUFFER: { name: views.mayRecord, sentence: views.mayRecordWhat },
  CAPTURE_REPLAY: { name: views.mayCapture, sentence: views.mayCaptureWhat },
  VIEW_CHANNEL: { name: views.mayView, sentence: views.mayViewWhat },
  SEND_MESSAGES: { name: views.maySend, sentence: views.maySendWhat },
  MANAGE_CHANNEL: { name: views.mayModerate, sentence: views.mayModerateWhat },
  MANAGE_REPLAY_LIMITS: { name: views.mayManage, sentence: views.mayManageWhat },
};

/** In the order in which they are shown: what everybody needs first. */
export const shownPermissions = Object.keys(permissionWords) as readonly Permission[];
