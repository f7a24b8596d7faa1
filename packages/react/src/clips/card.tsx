/** A clip in a list: its picture, its name, what is to be known of it. */
import type { Clip } from "@livekit-replay/contract";
import { useRef, useState, type ReactElement, type ReactNode } from "react";
import { Checkbox } from "react-aria-components/Checkbox";
import { Link } from "react-aria-components/Link";
import { Glyph } from "../player/glyph.js";
import { useReplay, useText } from "../provider/context.js";
import { clockText, sizeText, whenText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { percentOf } from "./conversion.js";
import { MovingPicture } from "./moving.js";
import { TitleField } from "./title.js";

/** Which clip, and where it leads. */
export interface ClipCardProps {
  readonly clip: Clip;
  /** Address of the clip's own page. */
  readonly href: string;
  /** Buttons of the application: a menu, for example. */
  readonly actions?: ReactNode;
  /** Says an error in the application's words. Default: the server's. */
  readonly sayError?: (error: unknown) => string;
}

/** What only a card in a grid has. */
interface CardInGridProps {
  /** The clip is one of many that can be chosen. */
  readonly canChoose?: boolean;
  /** It only flies by: a picture and words are enough. */
  readonly isStill?: boolean;
  /** The title is a field now; called when it is none any more. */
  readonly onRenamed?: () => void;
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

const Choose = (): ReactElement => (
  <Checkbox slot="selection" className="replay-choose" aria-label={useText()(texts.choose)}>
    <span className="replay-choose-box" aria-hidden="true">
      <Glyph name="check" />
    </span>
  </Checkbox>
);

/** Who can see it: where it was posted, or only its owner. */
const useSeenBy = (): ((clip: Clip) => string) => {
  const text = useText();
  return ({ shares }) => (shares.length === 0 ? text(texts.onlyYou) : shares.map((share) => `#${share.channelName}`).join(" "));
};

const Facts = ({ clip }: { readonly clip: Clip }): ReactElement => {
  const text = useText();
  const { client } = useReplay();
  const seenBy = useSeenBy();
  if (clip.state === "lost") return <p className="replay-card-facts">{text(texts.clipLost)}</p>;
  return (
    <>
      <p className="replay-card-facts replay-card-where">
        <bdi>{clip.roomName}</bdi> · <span data-shared={clip.shares.length > 0 || undefined}>{seenBy(clip)}</span>
      </p>
      <p className="replay-card-facts">
        {whenText(clip.createdAtMs, client.clock.now())} · <bdi>{sizeText(clip.sizeBytes)}</bdi>
      </p>
    </>
  );
};

/** The card. The picture and the name lead to the clip. */
export const ClipCard = ({
  clip,
  href,
  actions,
  sayError,
  canChoose = false,
  isStill = false,
  onRenamed,
}: ClipCardProps & CardInGridProps): ReactElement => {
  const text = useText();
  const percent = percentOf(clip, "mp4");
  const card = useRef<HTMLElement>(null);
  return (
    <article ref={card} className="replay-card" data-state={clip.state}>
      <div className="replay-card-picture">
        <Poster clip={clip} />
        {!isStill && <MovingPicture clip={clip} card={card} />}
        {percent !== undefined && <span className="replay-card-making">{text(texts.makingMp4, { percent })}</span>}
        <span className="replay-card-length">{clockText(clip.durationMs)}</span>
      </div>
      <div className="replay-card-words" data-actions={actions === undefined ? undefined : true}>
        <div className="replay-card-texts">
          {onRenamed === undefined ? (
            <h2>
              {isStill ? (
                <a href={href} className="replay-card-link">
                  {clip.title}
                </a>
              ) : (
                <Link href={href} className="replay-card-link">
                  {clip.title}
                </Link>
              )}
            </h2>
          ) : (
            <TitleField clip={clip} onDone={onRenamed} {...(sayError && { sayError })} />
          )}
          <Facts clip={clip} />
        </div>
        {actions !== undefined && <div className="replay-card-do">{actions}</div>}
      </div>
      {canChoose && <Choose />}
    </article>
  );
};
