/** The picture of a clip that plays while somebody points at it. One at a time in the page; nothing is loaded before. */
import type { Clip } from "@livekit-replay/contract";
import { useEffect, useState, type ReactElement, type RefObject } from "react";
import { useReplay } from "../provider/context.js";

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

/** Whether the pointer or the focus is in an element. */
export const usePointed = (place: RefObject<HTMLElement | null>): boolean => {
  const [pointed, point] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const listening = new AbortController();
    const { signal } = listening;
    for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, () => point(true), { signal });
    for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, () => point(false), { signal });
    return () => listening.abort();
  }, [place]);
  return pointed;
};

/** Lies over the poster while `pointed`. Only a clip whose MP4 is there moves: that begins with the frame that was asked for. */
export const MovingPicture = ({ clip, pointed }: { readonly clip: Clip; readonly pointed: boolean }): ReactElement | null => {
  const { client } = useReplay();
  const [plays, play] = useState(false);
  const [painted, setPainted] = useState(false);
  const wanted = pointed && clip.state === "ready" && clip.can.play;
  useEffect(() => {
    if (!wanted || !mayMove()) return undefined;
    const timer = setTimeout(() => play(true), REST_MS);
    return () => {
      clearTimeout(timer);
      play(false);
      setPainted(false);
    };
  }, [wanted]);
  if (!plays || !wanted) return null;
  return (
    <video
      className="replay-moving"
      data-painted={painted || undefined}
      src={client.link(clip.links.download)}
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
