/** A player store in a component. */
import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useState } from "react";
import { useReplay } from "../provider/context.js";
import { useValue } from "../store/value.js";
import { among } from "./others.js";
import type { PlayerSource } from "./source.js";
import { PlayerStore, type PlayerState } from "./store.js";

/** A player, its state, and the `ref` of its media element. */
export interface Player {
  readonly store: PlayerStore;
  readonly state: PlayerState;
  readonly video: (element: HTMLVideoElement | null) => (() => void) | undefined;
}

/** What is played and how it begins. */
export interface UsePlayerOptions {
  readonly source: PlayerSource | undefined;
  readonly autoplay: boolean;
  readonly muted: boolean;
  readonly onPainted?: () => void;
  /** While there is no source: the playlist of what it will begin with. */
  readonly beginning?: string | undefined;
}

/** Makes a player that lives as long as the component; another source is opened in the same media element. */
export const usePlayer = ({ source, autoplay, muted, onPainted, beginning }: UsePlayerOptions): Player => {
  const { client } = useReplay();
  const painted = useEffectEvent(() => onPainted?.());
  const [report] = useState(() => ({ painted: (): void => undefined }));
  const [store] = useState(() => new PlayerStore({ token: () => client.token(), onPainted: () => report.painted() }));
  const state = useValue(store.value);
  useEffect(() => {
    report.painted = () => painted();
  }, [report]);
  useEffect(() => among(store), [store]);
  const { kind, url } = source ?? {};
  const live = source?.kind === "hls" && source.live;
  const open = useEffectEvent(() => {
    if (source !== undefined) store.open(source, { autoplay, muted });
  });
  // Before the next paint: a clip that was just kept is loaded while the page around it is still being drawn.
  useLayoutEffect(() => {
    if (kind === undefined) store.prepare(beginning);
    else open();
    // An equal source in another object is the same source.
  }, [store, kind, url, live, beginning]);
  const video = useCallback((element: HTMLVideoElement | null) => (element === null ? undefined : store.attach(element)), [store]);
  return { store, state, video };
};
