/** A player store in a component. */
import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useState } from "react";
import { useReplay } from "../provider/context.js";
import { useValue } from "../store/value.js";
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
}

/** Makes a player that lives as long as the component; another source is opened in the same media element. */
export const usePlayer = ({ source, autoplay, muted, onPainted }: UsePlayerOptions): Player => {
  const { client } = useReplay();
  const painted = useEffectEvent(() => onPainted?.());
  const [report] = useState(() => ({ painted: (): void => undefined }));
  const [store] = useState(() => new PlayerStore({ token: () => client.token(), onPainted: () => report.painted() }));
  const state = useValue(store.value);
  useEffect(() => {
    report.painted = () => painted();
  }, [report]);
  const { kind, url } = source ?? {};
  const live = source?.kind === "hls" && source.live;
  const open = useEffectEvent((to: PlayerSource) => store.open(to, { autoplay, muted }));
  // Before the next paint: a clip that was just kept is loaded while the page around it is still being drawn.
  useLayoutEffect(() => {
    if (kind === undefined || url === undefined) return store.prepare();
    open(kind === "hls" ? { kind, url, live } : { kind, url });
  }, [store, kind, url, live]);
  const video = useCallback((element: HTMLVideoElement | null) => (element === null ? undefined : store.attach(element)), [store]);
  return { store, state, video };
};
