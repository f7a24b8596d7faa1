/** Deleting with a way back: the clip is off the page, the request is sent when the toast with Undo has gone. */
import { useReplay } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { toast } from "../toasts/send.js";

/** Answers how to delete clips: one toast for all of them, with one way back. */
export const useRemoveMany = (): ((clips: readonly Clip[]) => void) => {
  const say = useSay();
  const { removals } = useReplay();
  const commit = async ({ id, title }: Clip): Promise<void> => {
    try {
      await removals.commit(id);
    } catch (error) {
      toast({ title: say(words.removeFailed, { title }), detail: sentenceOf(error, say), look: "danger" });
    }
  };
  return (clips) => {
    const [first] = clips;
    if (first === undefined) return;
    for (const { id } of clips) removals.hold(id);
    const undo = (): void => {
      for (const { id } of clips) removals.undo(id);
    };
    // One after the other: a hundred requests at once would keep everything else from the server.
    const commitAll = async (): Promise<void> => {
      for (const clip of clips) await commit(clip);
    };
    const title = clips.length === 1 ? say(words.removed, { title: first.title }) : say(words.removedMany, { count: clips.length });
    toast({ title, action: { label: say(words.undo), onAction: undo } }, () => void commitAll());
  };
};

/** Answers how to delete a clip. */
export const useRemove = (): ((clip: Clip) => void) => {
  const remove = useRemoveMany();
  return (clip) => remove([clip]);
};
