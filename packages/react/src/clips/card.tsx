/** A clip in a list: its picture, its name, what is to be known of it. */
import type { Clip } from "@livekit-replay/contract";
import { useRef, useState, type ReactElement, type ReactNode } from "react";
import { Checkbox } from "react-aria-components/Checkbox";
import { Link } from "react-aria-components/Link";
import { useReplay, useText } from "../provider/context.js";
import { clockText, sizeText, whenText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { percentOf } from "./conversion.js";
import { MovingPicture, usePointed } from "./moving.js";

/** Which clip, and where it leads. */
export interface ClipCardProps {
  readonly clip: Clip;
  /** Address of the clip's own page. */
  readonly href: string;
  /** Buttons of the application: a menu, for example. */
  readonly actions?: ReactNode;
  /** The clip is one of many that can be chosen. */
  readonly choice?: ClipChoice;
}

/** Whether a clip is chosen, and how it is. `stretch`: Shift was held. */
export interface ClipChoice {
  readonly chosen: boolean;
  readonly onToggle: (stretch: boolean) => void;
}

/** The picture of a clip; a plain field while there is none. */
export const Poster = ({ clip }: { readonly clip: Clip }): ReactElement => {
  const { client } = useReplay();
  const [failed, setFailed] = useState<string | undefined>(undefined);
  const url = client.link(clip.links.poster);
  // The picture is made a moment after the clip: a clip that has changed is asked for its picture again.
  if (clip.state === "lost" || failed === clip.state) return <span className="replay-poster" data-empty="true" />;
  return (
    <img
      key={clip.state}
      className="replay-poster"
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      onError={() => setFailed(clip.state)}
    />
  );
};

const Choose = ({ clip, choice }: { readonly clip: Clip; readonly choice: ClipChoice }): ReactElement => {
  const text = useText();
  const stretch = useRef(false);
  return (
    <Checkbox
      className="replay-choose"
      aria-label={text(texts.chooseClip, { title: clip.title })}
      isSelected={choice.chosen}
      onPointerDownCapture={(event) => {
        stretch.current = event.shiftKey;
      }}
      onChange={() => {
        choice.onToggle(stretch.current);
        stretch.current = false;
      }}
    >
      <span className="replay-choose-box" aria-hidden="true">
        {choice.chosen ? "✓" : ""}
      </span>
    </Checkbox>
  );
};

/** Who can see it: where it was posted, or only its owner. */
const Seen = ({ clip }: { readonly clip: Clip }): ReactElement => {
  const text = useText();
  if (clip.shares.length === 0) return <p className="replay-card-facts">{text(texts.onlyYou)}</p>;
  return <p className="replay-card-facts">{clip.shares.map((share) => `#${share.channelName}`).join(" ")}</p>;
};

/** The card. The whole of it leads to the clip; the name is the link. */
export const ClipCard = ({ clip, href, actions, choice }: ClipCardProps): ReactElement => {
  const text = useText();
  const { client } = useReplay();
  const percent = percentOf(clip, "mp4");
  const card = useRef<HTMLElement>(null);
  const pointed = usePointed(card);
  const facts = [clip.roomName, whenText(clip.createdAtMs, client.clock.now()), sizeText(clip.sizeBytes)];
  return (
    <article ref={card} className="replay-card" data-state={clip.state} data-chosen={choice?.chosen || undefined}>
      {choice !== undefined && <Choose clip={clip} choice={choice} />}
      <div className="replay-card-picture">
        <Poster clip={clip} />
        <MovingPicture clip={clip} pointed={pointed} />
        <span className="replay-card-length">{clockText(clip.durationMs)}</span>
      </div>
      <div className="replay-card-words">
        <div>
          <h2>
            <Link href={href} className="replay-card-link">
              {clip.title}
            </Link>
          </h2>
          <p className="replay-card-facts">{clip.state === "lost" ? text(texts.clipLost) : facts.join(" · ")}</p>
          {percent !== undefined && <p className="replay-card-facts">{text(texts.makingMp4, { percent })}</p>}
          <Seen clip={clip} />
        </div>
        {actions}
      </div>
    </article>
  );
};
