/** The library: all clips of the person, and how much room is left. */
import { ClipLibrary, type LibraryView } from "@livekit-replay/react";
import type { Me } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { useLocation, useSearch } from "wouter";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { LinkButton } from "../ui/button.js";
import { Nothing } from "../ui/notice.js";
import { useTitle } from "../ui/title.js";
import { ClipActions } from "./actions.js";
import { ManyActions } from "./many.js";
import { useRemoveMany } from "./remove.js";
import { RoomForClips } from "./room.js";
import { readView, writeView } from "./view.js";
import { LibraryWays } from "./ways.js";

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
  const view = readView(useSearch());
  const [, navigate] = useLocation();
  const remove = useRemoveMany();
  // Each letter of a search would be a step back; another order is one.
  const show = (next: LibraryView): void => {
    const search = writeView(next);
    navigate(search === "" ? routes.library : `${routes.library}?${search}`, { replace: next.q !== view.q });
  };
  useTitle(say(words.library));
  return (
    <div className="library">
      <header className="view-head">
        <h1>{say(words.library)}</h1>
        <RoomForClips quota={me.quota} onLargest={() => show({ q: "", sort: "largest" })} />
      </header>
      <LibraryWays />
      <ClipLibrary
        hrefOf={(clip) => routes.clip(clip.id)}
        actionsOf={(clip, { rename }) => <ClipActions clip={clip} small {...(rename && { onRename: rename })} />}
        actionsOfMany={(clips, clear) => <ManyActions clips={clips} clear={clear} />}
        onDelete={remove}
        view={view}
        onView={show}
        empty={<Empty me={me} />}
        sayError={(error) => sentenceOf(error, say)}
      />
    </div>
  );
};
