/** The first view: what this is, and who you want to be. */
import { isRefusal } from "@livekit-replay/client";
import { keys, useReplay, useValue } from "@livekit-replay/react";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Avatar } from "../ui/avatar.js";
import { Button as PageButton } from "../ui/button.js";
import { Failure, Loading, Notice } from "../ui/notice.js";
import { useTitle } from "../ui/title.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { useAccountState, useAccountStore } from "./context.js";

/** People come with a token of the host application: from its window, or by a link of it. */
const Elsewhere = (): ReactElement => {
  const say = useSay();
  const { host } = useAccountStore();
  if (!useValue(host.there)) return <p className="sign-in-hint">{say(words.signInElsewhere)}</p>;
  return (
    <div className="sign-in-asking">
      <p role="status">{say(words.signInAsking)}</p>
      <PageButton onPress={() => host.ask("start")}>{say(words.again)}</PageButton>
    </div>
  );
};

const notices = { "signed-out": words.signInOut, unusable: words.signInUnusable } as const;

const Why = (): ReactElement | null => {
  const say = useSay();
  const { waiting, notice } = useAccountState();
  if (!waiting && notice === null) return null;
  return <Notice look="plain">{say(waiting || notice === null ? words.signInEnded : notices[notice])}</Notice>;
};

const People = (): ReactElement => {
  const say = useSay();
  const store = useAccountStore();
  const { client } = useReplay();
  const people = useQuery({ queryKey: keys.demo, queryFn: ({ signal }) => client.demo.people(signal) });
  const signIn = useMutation({ mutationFn: (userId: string) => store.signIn(userId) });
  if (people.isPending) return <Loading label={say(words.loading)} />;
  if (people.isError) {
    if (isRefusal(people.error, "route_not_found")) return <Elsewhere />;
    return <Failure title={say(words.failed)} error={people.error} onRetry={() => void people.refetch()} />;
  }
  return (
    <>
      <h2 id="people">{say(words.signInAs)}</h2>
      <ul className="people" aria-labelledby="people">
        {people.data.map((person) => (
          <li key={person.userId}>
            <Button className="person" isDisabled={signIn.isPending} onPress={() => signIn.mutate(person.userId)}>
              <Avatar userId={person.userId} name={person.name} />
              <span className="person-words">
                <strong>{person.name}</strong>
                <span>{person.description}</span>
              </span>
            </Button>
          </li>
        ))}
      </ul>
      {signIn.isError && <Notice look="warning">{sentenceOf(signIn.error, say)}</Notice>}
      <p className="sign-in-hint">{say(words.signInDemo)}</p>
    </>
  );
};

/** The picture of the idea: ten minutes of film, the last five of them taken. */
const Film = (): ReactElement => (
  <div className="film" aria-hidden="true">
    <span className="film-kept" />
    <span className="film-taken" />
    <span className="film-length">5:00</span>
  </div>
);

/** Shown while nobody is signed in. */
export const SignIn = (): ReactElement => {
  const say = useSay();
  useTitle("");
  return (
    <main className="sign-in" id="content">
      <section className="sign-in-promise">
        <p className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" /> {say(words.product)}
        </p>
        <h1>{say(words.promise)}</h1>
        <Film />
        <p className="sign-in-how">{say(words.promiseHow, { minutes: 10 })}</p>
      </section>
      <section className="sign-in-people">
        <Why />
        <People />
      </section>
    </main>
  );
};
