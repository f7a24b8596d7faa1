/** The place of the trim editor: once in the page. Its code is loaded when it is opened for the first time. */
import { isSessionRange, useValue } from "@livekit-replay/react";
import { lazy, Suspense, type ReactElement } from "react";
import { trimming } from "./open.js";

const TrimDialog = lazy(async () => ({ default: (await import("./dialog.js")).TrimDialog }));

/** Shows what `openTrim` was asked for. */
export const TrimPlace = (): ReactElement | null => {
  const target = useValue(trimming);
  if (target === undefined) return null;
  const key = isSessionRange(target) ? `${target.session.id} ${target.range.fromMs} ${target.range.toMs}` : target.id;
  return (
    <Suspense>
      <TrimDialog key={key} target={target} onClose={() => trimming.set(undefined)} />
    </Suspense>
  );
};
