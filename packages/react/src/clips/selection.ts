/** Which clips of a list are chosen: one by one, a stretch with Shift, all that are shown. */
import { useState } from "react";

/** A choice of clips. Ids of clips that the list does not show any more are not part of it. */
export interface ClipSelection {
  readonly ids: ReadonlySet<string>;
  /** Chooses a clip, or takes it out; `stretch`: with everything between it and the clip that was touched last. */
  readonly toggle: (clipId: string, stretch: boolean) => void;
  readonly all: () => void;
  readonly clear: () => void;
}

/** What a touch makes of a choice. `shown`: ids in the order of the list; `anchor`: the clip that was touched before. */
export const touched = (
  chosen: ReadonlySet<string>,
  shown: readonly string[],
  { clipId, anchor, stretch }: { readonly clipId: string; readonly anchor: string | undefined; readonly stretch: boolean },
): ReadonlySet<string> => {
  const next = new Set(chosen);
  const [from, to] = [shown.indexOf(anchor ?? clipId), shown.indexOf(clipId)];
  const stretched = stretch && from >= 0 && to >= 0 ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [clipId];
  const choose = !chosen.has(clipId);
  for (const id of stretched) {
    if (choose) next.add(id);
    else next.delete(id);
  }
  return next;
};

/** The choice of a component that shows these clips. */
export const useSelection = (shown: readonly string[]): ClipSelection => {
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [anchor, setAnchor] = useState<string | undefined>(undefined);
  const ids = new Set(shown.filter((id) => chosen.has(id)));
  return {
    ids,
    toggle: (clipId, stretch) => {
      choose(touched(ids, shown, { clipId, anchor, stretch }));
      setAnchor(clipId);
    },
    all: () => choose(new Set(shown)),
    clear: () => choose(new Set()),
  };
};
