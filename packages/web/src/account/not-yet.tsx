/** Why the page cannot be shown yet: it loads, the server is away, the sign-in has ended. */
import { UnreachableError } from "@livekit-replay/client";
import type { SteadyMe } from "@livekit-replay/react";
import { useEffect, useEffectEvent, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Failure, Loading } from "../ui/notice.js";
import { SignIn } from "./sign-in.js";
import { useTokenWait } from "./waiting.js";

/** So long after a failure the server is asked again, until it is there. */
const AGAIN_MS = 3000;

/** The question who I am, as far as it is needed. */
export interface NotYetProps {
  readonly me: { readonly data: SteadyMe | undefined; readonly error: Error | null; readonly refetch: () => unknown };
}

/** A server that is away is asked again by itself; a sign-in that has ended is renewed, or begun anew. */
export const NotYet = ({ me }: NotYetProps): ReactElement => {
  const say = useSay();
  const waits = useTokenWait();
  const away = me.error instanceof UnreachableError;
  const again = useEffectEvent(() => void me.refetch());
  useEffect(() => {
    if (!away) return undefined;
    const timer = setInterval(() => again(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [away]);
  if (waits) return <SignIn />;
  if (me.error === null) return <Loading label={say(words.loading)} />;
  return <Failure title={say(away ? words.awayTitle : words.failed)} error={me.error} onRetry={() => again()} />;
};
