/** A person in a list: name and id. */
import type { ReactElement } from "react";
import { words } from "../../texts/english.js";
import { useSay } from "../../texts/say.js";
import { Avatar } from "../../ui/avatar.js";

/** Who it is; `name` may be unknown, or the id itself. */
export const Who = ({
  userId,
  name,
  isMe = false,
}: {
  readonly userId: string;
  readonly name?: string | undefined;
  readonly isMe?: boolean;
}): ReactElement => {
  const say = useSay();
  const shown = name ?? userId;
  return (
    <span className="admin-who">
      <Avatar userId={userId} name={shown} />
      <span>
        <strong>{isMe ? say(words.personMe, { name: shown }) : shown}</strong>
        {shown !== userId && <code>{userId}</code>}
      </span>
    </span>
  );
};
