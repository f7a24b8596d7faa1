/** Trimming of a clip, or of a part of a buffer that is no clip yet. A file of its own, so that its code is loaded when somebody trims. */
import { TrimEditor, type TrimTarget } from "@livekit-replay/react";
import type { ReactElement } from "react";
import { hrefOf } from "./address.ts";

/** What is trimmed, and what to do when that is over. */
export interface TrimProps {
  readonly target: TrimTarget;
  readonly onDone: () => void;
}

/** The editor, with a way to the clip that came out of it. */
export const Trim = ({ target, onDone }: TrimProps): ReactElement => (
  <TrimEditor
    target={target}
    onDone={onDone}
    actionsOf={({ id }) => (
      <a href={hrefOf(id)} onClick={onDone}>
        Open it
      </a>
    )}
  />
);
