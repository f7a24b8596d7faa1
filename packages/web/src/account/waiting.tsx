/** Says that the sign-in has run out in mid-session: what runs goes on, and so does everything else once a new token is there. */
import { useReplay, useShare, useValue } from "@livekit-replay/react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { useLasting } from "../ui/lasting.js";
import { Notice } from "../ui/notice.js";
import { useAccountState, useAccountStore } from "./context.js";
import type { Account } from "./store.js";

/** A renewal that comes at once is nobody's concern. */
const SAID_AFTER_MS = 1200;

/** The token is waited for, and has been for a moment. */
export const useTokenWait = (): boolean => useLasting(useAccountState().waiting, SAID_AFTER_MS);

/** What failed for want of a token is asked for anew when there is one. */
const useGoOn = (waiting: boolean): void => {
  const queries = useQueryClient();
  const goOn = useEffectEvent(() => void queries.invalidateQueries({ predicate: ({ state }) => state.status === "error" }));
  useEffect(() => (waiting ? () => goOn() : undefined), [waiting]);
};

const Sentence = ({ account }: { readonly account: Account }): ReactElement => {
  const say = useSay();
  const { host } = useAccountStore();
  const { share } = useShare();
  const there = useValue(host.there);
  const how = account.way === "demo" || there ? words.waitingAsked : words.waitingOpen;
  return (
    <>
      {say(words.waitingEnded)} {say(how)} {"stream" in share && say(words.waitingShare)}
    </>
  );
};

/** Nothing while the token is good. */
export const WaitingForToken = (): ReactElement | null => {
  const say = useSay();
  const { removals } = useReplay();
  const store = useAccountStore();
  const { account, waiting } = useAccountState();
  const said = useTokenWait();
  useGoOn(waiting);
  if (!said || account === null) return null;
  return (
    <div className="waiting-token">
      <Notice look="warning" icon="lock">
        <Sentence account={account} />
      </Notice>
      <Button onPress={account.keeper.hurry}>{say(words.again)}</Button>
      <Button
        look="quiet"
        onPress={() => {
          removals.flush();
          store.signOut();
        }}
      >
        {say(words.signOut)}
      </Button>
    </div>
  );
};
