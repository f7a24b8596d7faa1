/** Deleting with a way back: the clip is off the page, the request is sent when the toast with Undo has gone. */
import { useReplay } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { toast } from "../toasts/send.js";

/** Answers how to delete a clip. */
export const useRemove = (): ((clip: Clip) => void) => {
  const say = useSay();
  const { removals } = useReplay();
  return ({ id, title }) => {
    removals.hold(id);
    const commit = async (): Promise<void> => {
      try {
        await removals.commit(id);
      } catch (error) {
        toast({ title: say(words.removeFailed, { title }), detail: sentenceOf(error, say), look: "danger" });
      }
    };
    toast(
      { title: say(words.removed, { title }), action: { label: say(words.undo), onAction: () => removals.undo(id) } },
      () => void commit(),
    );
  };
};
