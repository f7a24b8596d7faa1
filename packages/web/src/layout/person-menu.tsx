/** What the person's own menu holds: appearance, keys, sign out. Loaded when it is opened. */
import { useReplay } from "@livekit-replay/react";
import type { ReactElement, RefObject } from "react";
import { Header } from "react-aria-components/Header";
import { Menu, MenuItem, MenuSection } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { useAccountStore } from "../account/context.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Icon } from "../ui/icon.js";
import { openKeys } from "./keys.js";
import { chooseTheme, themes, useTheme } from "./theme.js";

const useSignOut = (): (() => Promise<void>) => {
  const { share, removals } = useReplay();
  const store = useAccountStore();
  return async () => {
    // While the token is still there: the share ends, and deletions that wait for an undo are sent.
    removals.flush();
    await share.stop();
    store.signOut();
  };
};

/** Where it opens, and how it closes. */
export interface PersonMenuPopoverProps {
  readonly trigger: RefObject<HTMLButtonElement | null>;
  readonly label: string;
  readonly placement: "bottom end" | "top start";
  readonly onClose: () => void;
}

/** Open as long as it is there. */
export const PersonMenuPopover = ({ trigger, label, placement, onClose }: PersonMenuPopoverProps): ReactElement => {
  const say = useSay();
  const theme = useTheme();
  const signOut = useSignOut();
  return (
    <Popover className="menu-popover" triggerRef={trigger} placement={placement} isOpen onOpenChange={(open) => !open && onClose()}>
      <Menu className="menu" aria-label={label} autoFocus="first" onClose={onClose}>
        <MenuSection
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[theme]}
          onSelectionChange={(keys) => chooseTheme(themes.find((one) => keys !== "all" && keys.has(one)) ?? "system")}
        >
          <Header className="menu-header">{say(words.theme)}</Header>
          {themes.map((one) => (
            <MenuItem key={one} id={one} className="menu-item" textValue={say(words[`theme_${one}`])}>
              <span className="menu-check" aria-hidden="true" />
              {say(words[`theme_${one}`])}
            </MenuItem>
          ))}
        </MenuSection>
        <MenuItem className="menu-item" textValue={say(words.keysTitle)} onAction={openKeys}>
          <Icon name="keyboard" />
          {say(words.keysTitle)}
        </MenuItem>
        <MenuItem className="menu-item" textValue={say(words.signOut)} onAction={() => void signOut()}>
          <Icon name="door" />
          {say(words.signOut)}
        </MenuItem>
      </Menu>
    </Popover>
  );
};
