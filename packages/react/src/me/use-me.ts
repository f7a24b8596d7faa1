/** The signed-in person in a component. */
import type { StreamState } from "@livekit-replay/client";
import type { Me, MeEvent } from "@livekit-replay/contract";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { useReplay } from "../provider/context.js";
import { useValue } from "../store/value.js";
import { meQuery } from "./query.js";

/** Who I am, my communities, my quota. */
export const useMe = (): UseQueryResult<Me> => useQuery(meQuery(useReplay().client));

/** The signed-in person without their quota, which changes with each press. */
export type SteadyMe = Omit<Me, "quota">;

const withoutQuota = (me: Me): SteadyMe => {
  const { quota: _quota, ...rest } = me;
  return rest;
};

/** As `useMe`; a component that shows no quota is not rendered anew when that changes. */
export const useSteadyMe = (): UseQueryResult<SteadyMe> => useQuery({ ...meQuery(useReplay().client), select: withoutQuota });

/** Keeps the person's event stream open while the component is there: what it shows stays as it is on the server. */
export const useMeStream = (): void => {
  const { me } = useReplay();
  useEffect(() => me.acquire(), [me]);
};

/** How the person's event stream is; `reconnecting` means that the server cannot be reached at the moment. */
export const useConnection = (): StreamState => useValue(useReplay().me.state);

/** Hears the person's events while the component is there. */
export const useMeEvents = (onEvent: (event: MeEvent) => void): void => {
  const { me } = useReplay();
  const hear = useEffectEvent(onEvent);
  useEffect(() => me.listen((event) => hear(event)), [me]);
};
