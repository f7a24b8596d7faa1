/** Undoing a capture: what others see is taken back at once, the clip itself goes as every deleted clip goes, with a way back. */
import { useReplay } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { toast } from "../toasts/send.js";
import { useRemove } from "./remove.js";

/** Answers how to undo the capture of a clip. */
export const useUndo = (): ((clip: Clip) => void) => {
  const say = useSay();
  const { client, captures } = useReplay();
  const remove = useRemove();
  const takeBack = async ({ id, shares }: Clip): Promise<void> => {
    try {
      await Promise.all(shares.map((share) => client.channels.unshare(share.channelId, share.postId)));
      captures.change(id, (clip) => ({ ...clip, shares: [] }));
    } catch (error) {
      // The deletion, which comes a moment later, takes the post with it.
      toast({ title: say(words.unpostFailed), detail: sentenceOf(error, say), look: "danger" });
    }
  };
  return (clip) => {
    if (clip.shares.length > 0) void takeBack(clip);
    remove(clip);
  };
};
