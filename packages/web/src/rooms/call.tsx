/** The LiveKit call of a room: who is in it, and how this page is in it. */
import type { LivekitRoomView } from "@livekit-replay/react";
import { memo, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Avatar } from "../ui/avatar.js";
import { Button } from "../ui/button.js";
import { Notice } from "../ui/notice.js";

/** Everybody in the call. */
export const People = memo(({ call }: { readonly call: LivekitRoomView }): ReactElement | null => {
  const say = useSay();
  if (call.people.length === 0) return null;
  return (
    <ul className="people-here" aria-label={say(words.peopleHere)}>
      {call.people.map(({ userId, name, isMe }) => (
        <li key={userId}>
          <Avatar userId={userId} name={name} />
          <span>{isMe ? say(words.personMe, { name }) : name}</span>
        </li>
      ))}
    </ul>
  );
});

/** What must be known of the connection to the call, with a way out where it does not come back by itself. */
export const CallNotice = memo(({ call }: { readonly call: LivekitRoomView }): ReactElement | null => {
  const say = useSay();
  const { connection } = call;
  switch (connection.state) {
    case "failed":
      return (
        <div className="call-failed">
          <Notice look="warning">
            {say(words.callFailed)}. {sentenceOf(connection.error, say)}
          </Notice>
          <Button onPress={call.retry}>{say(words.again)}</Button>
        </div>
      );
    case "reconnecting":
      return <Notice look="plain">{say(words.callAgain)}</Notice>;
    case "joining":
    case "joined":
    case "left":
      return null;
  }
});
