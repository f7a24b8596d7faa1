/** The picture of a clip that plays while somebody points at it. One at a time in the page; nothing is loaded before. */
import type { Clip } from "@livekit-replay/contract";
import { useEffect, useState, useSyncExternalStore, type ReactElement, type RefObject } from "react";
import { useReplay } from "../provider/context.js";
import { Value } from "../store/value.js";

/** A pointer that only passes does not load anything. */
const REST_MS = 350;

/** Whether pictures may move by themselves here: with a mouse, and when neither the person nor the connection asks for less. */
const mayMove = (): boolean => {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  return (
    connection?.saveData !== true &&
    globalThis.matchMedia("(hover: hover) and (pointer: fine)").matches &&
    !globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches
  );
};

/** The one card of the page whose picture moves. */
const moving = new Value<HTMLElement | null>(null);

/** Whether the pointer or the focus has come to rest on a card, and on no other since. A row of a list counts as the card in it. */
const usePointed = (card: RefObject<HTMLElement | null>): boolean => {
  useEffect(() => {
    const element = card.current?.closest<HTMLElement>("[role=row]") ?? card.current;
    if (element === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listening = new AbortController();
    const { signal } = listening;
    const come = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => moving.set(element), REST_MS);
    };
    const go = (): void => {
      clearTimeout(timer);
      if (moving.get() === element) moving.set(null);
    };
    for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, come, { signal });
    for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, go, { signal });
    return () => {
      listening.abort();
      go();
    };
  }, [card]);
  const isMine = (): boolean => card.current !== null && moving.get()?.contains(card.current) === true;
  return useSyncExternalStore(moving.subscribe, isMine, () => false);
};

const Film = ({ src }: { readonly src: string }): ReactElement => {
  const [painted, setPainted] = useState(false);
  return (
    <video
      className="replay-moving"
      data-painted={painted || undefined}
      src={src}
      aria-hidden="true"
      tabIndex={-1}
      muted
      autoPlay
      loop
      playsInline
      onPlaying={() => setPainted(true)}
    />
  );
};

/** Lies over the poster of a card that is pointed at. Only a clip whose MP4 is there moves: that begins with the frame that was asked for. */
export const MovingPicture = ({
  clip,
  card,
}: {
  readonly clip: Clip;
  readonly card: RefObject<HTMLElement | null>;
}): ReactElement | null => {
  const { client } = useReplay();
  const pointed = usePointed(card);
  return pointed && clip.state === "ready" && clip.can.play && mayMove() ? <Film src={client.link(clip.links.download)} /> : null;
};
