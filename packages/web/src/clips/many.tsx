/** What can be done with many clips at once: post them in a channel, download, delete. */
import { useReplay } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { lazy, Suspense, useState, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Menu, type MenuEntry } from "../ui/menu.js";
import { downloadAll, MOST_DOWNLOADS } from "./download.js";
import { useRemoveMany } from "./remove.js";

/** Loaded when it is opened. */
const ShareDialog = lazy(async () => ({ default: (await import("./share.js")).ShareManyDialog }));

/** So many posts may be made in a minute. */
const MOST_POSTS = 20;

/** Which clips; `clear`: they are not chosen any more. */
export interface ManyActionsProps {
  readonly clips: readonly Clip[];
  readonly clear: () => void;
}

const useDownloads = (clips: readonly Clip[]): MenuEntry[] => {
  const say = useSay();
  const { client } = useReplay();
  const aac = clips.flatMap(({ links }) => links.downloadAac ?? []);
  return [
    {
      id: "as-recorded",
      label: say(words.downloadAsRecorded),
      icon: "download",
      onAction: () => downloadAll(clips.map(({ links }) => client.link(links.download))),
    },
    ...(aac.length === 0
      ? []
      : [
          {
            id: "aac",
            label: say(words.downloadAac),
            icon: "download" as const,
            onAction: () => downloadAll(clips.map(({ links }) => client.link(links.downloadAac ?? links.download))),
          },
        ]),
  ];
};

/** Buttons for the bar of a choice. */
export const ManyActions = ({ clips, clear }: ManyActionsProps): ReactElement => {
  const say = useSay();
  const remove = useRemoveMany();
  const [sharing, setSharing] = useState(false);
  const downloads = useDownloads(clips);
  return (
    <>
      {clips.length <= MOST_POSTS && clips.every(({ state }) => state !== "lost") && (
        <Button icon="share" onPress={() => setSharing(true)}>
          {say(words.shareShort)}
        </Button>
      )}
      {clips.length <= MOST_DOWNLOADS && (
        <Menu label={say(words.download)} entries={downloads} button={<Button icon="download">{say(words.download)}</Button>} />
      )}
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
      <Suspense>{sharing && <ShareDialog clips={clips} onClose={() => setSharing(false)} onDone={clear} />}</Suspense>
    </>
  );
};
