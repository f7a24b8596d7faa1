/** The person's own menu: appearance, keys, sign out. */
import { useReplay } from "@livekit-replay/react";
import type { Me } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Header } from "react-aria-components/Header";
import { Menu, MenuItem, MenuSection, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { useAccountStore } from "../account/context.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Avatar } from "../ui/avatar.js";
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

/** Opens upwards in the side bar, downwards in the top bar. `short`: only the round field. */
export const PersonMenu = ({ me, short = false }: { readonly me: Me; readonly short?: boolean }): ReactElement => {
  const say = useSay();
  const theme = useTheme();
  const signOut = useSignOut();
  return (
    <MenuTrigger>
      <Button className="person-button" aria-label={say(words.personMenu, { name: me.name })}>
        <Avatar userId={me.userId} name={me.name} />
        {!short && <span className="person-name">{me.name}</span>}
        {!short && <Icon name="more" />}
      </Button>
      <Popover className="menu-popover" placement={short ? "bottom end" : "top start"}>
        <Menu className="menu" aria-label={me.name}>
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
    </MenuTrigger>
  );
};
