/** What can be done with a clip: share, download, rename, delete. */
import { useReplay } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import { lazy, Suspense, useState, type ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { openTrim } from "../trim/open.js";
import { Button, LinkButton } from "../ui/button.js";
import { Menu, type MenuEntry } from "../ui/menu.js";
import { useRemove } from "./remove.js";

/** Both are loaded when they are opened. */
const RenameDialog = lazy(async () => ({ default: (await import("./rename.js")).RenameDialog }));
const ShareDialog = lazy(async () => ({ default: (await import("./share.js")).ShareDialog }));

/** Which clip; `small`: everything in one menu, for a card. `onRemoved`: it has just left the page. */
export interface ClipActionsProps {
  readonly clip: Clip;
  readonly small?: boolean;
  readonly onRemoved?: () => void;
  /** Makes the title a field where it stands. Default: a dialog asks for the new one. */
  readonly onRename?: () => void;
}

type Open = "share" | "rename" | undefined;

interface Actions {
  readonly remove: () => void;
  readonly rename: (() => void) | undefined;
}

const useEntries = (clip: Clip, open: (what: Open) => void, { remove, rename }: Actions): MenuEntry[] => {
  const say = useSay();
  const { client } = useReplay();
  const own: MenuEntry[] = clip.can.edit
    ? [
        { id: "share", label: say(words.shareClip), icon: "share", onAction: () => open("share") },
        { id: "trim", label: say(words.trimMenu), icon: "trim", onAction: () => openTrim(clip) },
        { id: "rename", label: say(words.rename), icon: "pencil", onAction: rename ?? (() => open("rename")) },
      ]
    : [];
  const download: MenuEntry = {
    id: "download",
    label: say(words.download),
    icon: "download",
    href: client.link(clip.links.download),
    download: true,
  };
  const { downloadAac } = clip.links;
  const other: MenuEntry[] =
    downloadAac === null
      ? []
      : [{ id: "download-aac", label: say(words.downloadAac), icon: "download", href: client.link(downloadAac), download: true }];
  const bin: MenuEntry[] = clip.can.delete ? [{ id: "delete", label: say(words.remove), icon: "bin", onAction: remove, danger: true }] : [];
  return [...own, ...(clip.can.play ? [download, ...other] : []), ...bin];
};

/** Buttons with a menu for the rest, or only the menu. */
export const ClipActions = ({ clip, small = false, onRemoved, onRename }: ClipActionsProps): ReactElement => {
  const say = useSay();
  const [open, setOpen] = useState<Open>(undefined);
  const remove = useRemove();
  const entries = useEntries(clip, setOpen, {
    remove: () => {
      remove(clip);
      onRemoved?.();
    },
    rename: onRename,
  });
  const { client } = useReplay();
  const rest = small ? entries : entries.filter((entry) => entry.id !== "share" && entry.id !== "download");
  return (
    <div className="actions">
      {!small && clip.can.edit && (
        <Button icon="share" onPress={() => setOpen("share")}>
          {say(words.shareShort)}
        </Button>
      )}
      {!small && clip.can.play && (
        <LinkButton icon="download" href={client.link(clip.links.download)} download>
          {say(words.download)}
        </LinkButton>
      )}
      {rest.length > 0 && <Menu label={say(words.clipMenu, { title: clip.title })} entries={rest} />}
      <Suspense>
        {open === "share" && <ShareDialog clip={clip} onClose={() => setOpen(undefined)} />}
        {open === "rename" && <RenameDialog clip={clip} onClose={() => setOpen(undefined)} />}
      </Suspense>
    </div>
  );
};
