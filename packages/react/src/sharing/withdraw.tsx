/** A clip that somebody made of my share, in a list: what it is, and how it is withdrawn. */
import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Link } from "react-aria-components/Link";
import { useReplay, useText } from "../provider/context.js";
import { clockText, whenText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { useWithdraw } from "./use-clips-of-share.js";

/** What is shown of the clip. */
export interface MadeClip {
  readonly clipId: string;
  readonly title: string;
  readonly by: { readonly userId: string; readonly name: string };
  readonly createdAtMs: number;
  readonly durationMs: number;
}

/** Which clip, where it leads, and how an error is said. */
export interface MadeClipRowProps {
  readonly clip: MadeClip;
  readonly hrefOf: ((clipId: string) => string) | undefined;
  readonly sayError: (error: unknown) => string;
}

const Ask = ({ clip, sayError }: Omit<MadeClipRowProps, "hrefOf">): ReactElement => {
  const text = useText();
  const [asking, ask] = useState(false);
  const { withdraw, isPending, isDone, error } = useWithdraw(clip.clipId);
  if (isDone)
    return (
      <span className="replay-made-facts" role="status">
        {text(texts.sharerWithdrawn)}
      </span>
    );
  if (!asking)
    return (
      <Button className="replay-button" aria-label={text(texts.sharerWithdrawOf, { title: clip.title })} onPress={() => ask(true)}>
        {text(texts.sharerWithdraw)}
      </Button>
    );
  return (
    <div className="replay-made-ask" role="group" aria-label={text(texts.sharerWithdrawAsk, { title: clip.title })}>
      <p role="alert">{error === null ? text(texts.sharerWithdrawWhat) : sayError(error)}</p>
      {/* The focus stays where it was: on the button that was pressed. */}
      <Button className="replay-button replay-button-danger" autoFocus data-busy={isPending || undefined} onPress={withdraw}>
        {text(texts.sharerWithdrawYes)}
      </Button>
      <Button className="replay-button" onPress={() => ask(false)}>
        {text(texts.sharerWithdrawNo)}
      </Button>
    </div>
  );
};

/** One row. */
export const MadeClipRow = ({ clip, hrefOf, sayError }: MadeClipRowProps): ReactElement => {
  const text = useText();
  const { client } = useReplay();
  const href = hrefOf?.(clip.clipId);
  return (
    <li className="replay-made">
      <div className="replay-made-words">
        {href === undefined ? <strong>{clip.title}</strong> : <Link href={href}>{clip.title}</Link>}
        <span className="replay-made-facts">
          {text(texts.sharerMadeBy, {
            person: clip.by.name,
            length: clockText(clip.durationMs),
            when: whenText(clip.createdAtMs, client.clock.now()),
          })}
        </span>
      </div>
      <Ask clip={clip} sayError={sayError} />
    </li>
  );
};
