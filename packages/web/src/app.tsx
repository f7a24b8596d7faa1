/** Who is signed in decides what is shown; everything behind the sign-in is loaded when somebody is. */
import { ReplayProvider, shareCodecOf } from "@livekit-replay/react";
import { lazy, Suspense, type ReactElement } from "react";
import { RouterProvider } from "react-aria-components";
import { useLocation } from "wouter";
import { useAccountState, useAccountStore } from "./account/context.js";
import { SignIn } from "./account/sign-in.js";
import { catalogue, translate, useSay } from "./texts/say.js";
import { words } from "./texts/english.js";
import { Loading } from "./ui/notice.js";

const Shell = lazy(async () => ({ default: (await import("./layout/shell.js")).Shell }));

/** `?codec=vp9` in the address that the page was opened with: how this page shares in LiveKit rooms. For who wants to see what becomes of a codec. */
const shareCodec = shareCodecOf(new URLSearchParams(globalThis.location.search).get("codec"));

/** The whole page. */
export const App = (): ReactElement => {
  const say = useSay();
  const { client } = useAccountStore();
  // Everything of a person goes with them: their client, their stores, their view.
  const { account } = useAccountState();
  const [, navigate] = useLocation();
  return (
    <RouterProvider navigate={(to) => navigate(to)}>
      <ReplayProvider
        client={account?.client ?? client}
        userId={account?.userId}
        translate={translate}
        locale={catalogue.locale}
        {...(shareCodec && { shareCodec })}
      >
        {account === null ? (
          <SignIn />
        ) : (
          <Suspense fallback={<Loading label={say(words.loading)} />}>
            <Shell key={account.userId} />
          </Suspense>
        )}
      </ReplayProvider>
    </RouterProvider>
  );
};
