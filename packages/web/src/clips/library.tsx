/** The library: all clips of the person, and how much room is left. */
import { ClipLibrary, QuotaBar } from "@livekit-replay/react";
import type { Me } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { LinkButton } from "../ui/button.js";
import { Nothing } from "../ui/notice.js";
import { useTitle } from "../ui/title.js";
import { ClipActions } from "./actions.js";

const Empty = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  const room = me.communities[0]?.rooms[0];
  return (
    <Nothing title={say(words.libraryEmpty)}>
      <p>{say(words.libraryEmptyHow)}</p>
      {room !== undefined && (
        <LinkButton href={routes.room(room.roomName)} look="strong">
          {say(words.toRoom, { room: room.title })}
        </LinkButton>
      )}
    </Nothing>
  );
};

/** The view of the library. */
export const LibraryPage = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  useTitle(say(words.library));
  return (
    <div className="library">
      <header className="view-head">
        <h1>{say(words.library)}</h1>
        <QuotaBar quota={me.quota} />
      </header>
      <ClipLibrary
        hrefOf={(clip) => routes.clip(clip.id)}
        actionsOf={(clip) => <ClipActions clip={clip} small />}
        empty={<Empty me={me} />}
      />
    </div>
  );
};
