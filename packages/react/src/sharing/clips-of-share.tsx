/** The clips that others made of a share, for who shares: how many, which, and how they are withdrawn. */
import type { Clip, Session } from "@livekit-replay/contract";
import type { ReactElement, ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { Disclosure, DisclosurePanel } from "react-aria-components/Disclosure";
import { Heading } from "react-aria-components/Heading";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import { useClipsOfShare } from "./use-clips-of-share.js";
import { MadeClipRow, type MadeClip } from "./withdraw.js";

/** Whose share, and where clips lead. */
export interface ClipsOfShareProps {
  readonly session: Session;
  /** Address of a clip's own page. Default: titles are no links. */
  readonly hrefOf?: (clipId: string) => string;
  /** Says an error in the application's words. Default: the server's. */
  readonly sayError?: (error: unknown) => string;
  /** Stands below the list: the way to all clips that others made, for example. */
  readonly children?: ReactNode;
}

/** An error in the server's words. */
export const plainError = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const madeOf = ({ id, title, owner, createdAtMs, durationMs }: Clip): MadeClip => ({
  clipId: id,
  title,
  by: owner,
  createdAtMs,
  durationMs,
});

/** A line with the number that opens the list; nothing while there is none. */
export const ClipsOfShare = ({ session, hrefOf, sayError = plainError, children }: ClipsOfShareProps): ReactElement | null => {
  const text = useText();
  const { clips, more } = useClipsOfShare(session.id);
  if (clips.length === 0) return null;
  const count = more ? `${clips.length}+` : String(clips.length);
  return (
    <Disclosure className="replay-made-list">
      <Heading level={3}>
        <Button slot="trigger" className="replay-made-head">
          {clips.length === 1 && !more ? text(texts.sharerOneMade) : text(texts.sharerMade, { count })}
        </Button>
      </Heading>
      <DisclosurePanel>
        <ul>
          {clips.map((clip) => (
            <MadeClipRow key={clip.id} clip={madeOf(clip)} hrefOf={hrefOf} sayError={sayError} />
          ))}
        </ul>
        {children}
      </DisclosurePanel>
    </Disclosure>
  );
};
