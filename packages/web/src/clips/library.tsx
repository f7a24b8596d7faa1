/** The library: all clips of the person, and how much room is left. */
import { ClipLibrary, QuotaBar, type LibraryView } from "@livekit-replay/react";
import type { Clip, Me } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { useLocation, useSearch } from "wouter";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button, LinkButton } from "../ui/button.js";
import { Nothing } from "../ui/notice.js";
import { useTitle } from "../ui/title.js";
import { ClipActions } from "./actions.js";
import { useRemoveMany } from "./remove.js";
import { readView, writeView } from "./view.js";

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

const ManyActions = ({ clips, clear }: { readonly clips: readonly Clip[]; readonly clear: () => void }): ReactElement => {
  const say = useSay();
  const remove = useRemoveMany();
  return (
    <Button
      look="danger"
      icon="bin"
      onPress={() => {
        remove(clips);
        clear();
      }}
    >
      {say(words.removeMany, { count: clips.length })}
    </Button>
  );
};

/** The view of the library. */
export const LibraryPage = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  const view = readView(useSearch());
  const [, navigate] = useLocation();
  // Each letter of a search would be a step back; another order or page is one.
  const show = (next: LibraryView): void => {
    const search = writeView(next);
    navigate(search === "" ? routes.library : `${routes.library}?${search}`, { replace: next.q !== view.q });
  };
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
        actionsOfMany={(clips, clear) => <ManyActions clips={clips} clear={clear} />}
        view={view}
        onView={show}
        empty={<Empty me={me} />}
      />
    </div>
  );
};
