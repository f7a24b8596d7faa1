/** The pictures of a strip in a component: fetched while the strip can be seen and the page is in front. */
import type { Session } from "@livekit-replay/contract";
import { useEffect, useEffectEvent, useState, type RefObject } from "react";
import { useReplay } from "../provider/context.js";
import type { Readable } from "../store/value.js";
import { StripPictures, type Picture } from "./pictures.js";

const isInFront = (): boolean => document.visibilityState === "visible";

/** Whether an element can be seen: on the screen, in a page that is in front. */
const useIsSeen = (element: RefObject<Element | null>): boolean => {
  const [onScreen, setOnScreen] = useState(false);
  const [inFront, setInFront] = useState(isInFront);
  useEffect(() => {
    const place = element.current;
    if (place === null) return undefined;
    const observer = new IntersectionObserver((entries) => setOnScreen(entries.at(-1)?.isIntersecting ?? false));
    observer.observe(place);
    return () => observer.disconnect();
  }, [element]);
  useEffect(() => {
    const look = (): void => setInFront(isInFront());
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return onScreen && inFront;
};

/** The pictures of a session's window, for who may see them; none where there are none. `element`: what must be seen for them to be fetched. */
export const useStripPictures = (session: Session, element: RefObject<Element | null>): Readable<readonly Picture[]> => {
  const { client } = useReplay();
  const [store, setStore] = useState(() => new StripPictures({ client, sessionId: session.id }));
  const [madeFor, setMadeFor] = useState(session.id);
  if (madeFor !== session.id) {
    setMadeFor(session.id);
    setStore(new StripPictures({ client, sessionId: session.id }));
  }
  const seen = useIsSeen(element);
  const may = session.links.strip !== null;
  const look = useEffectEvent(() => void store.look(may ? session.window : null, seen));
  useEffect(() => look(), [store, session.window, seen, may]);
  useEffect(() => () => store.close(), [store]);
  return store.value;
};
