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
  const commit = async (clips: readonly Clip[]): Promise<void> => {
    const refused = await removals.commitAll(clips.map(({ id }) => id));
    const [one] = refused;
    if (one === undefined) return;
    const title = clips.find(({ id }) => id === one.clipId)?.title ?? "";
    const what = refused.length === 1 ? say(words.removeFailed, { title }) : say(words.removeManyFailed, { count: refused.length });
    toast({ title: what, detail: sentenceOf(one.error, say), look: "danger" });
  };
  return (clips) => {
    const [first] = clips;
    if (first === undefined) return;
    for (const { id } of clips) removals.hold(id);
    const undo = (): void => {
      for (const { id } of clips) removals.undo(id);
    };
    const title = clips.length === 1 ? say(words.removed, { title: first.title }) : say(words.removedMany, { count: clips.length });
    toast({ title, action: { label: say(words.undo), onAction: undo } }, () => void commit(clips));
  };
};

/** Answers how to delete a clip. */
export const useRemove = (): ((clip: Clip) => void) => {
  const remove = useRemoveMany();
  return (clip) => remove([clip]);
};
