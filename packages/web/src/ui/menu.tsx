/** A menu behind a button. */
import type { ReactElement, ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Button } from "./button.js";
import { Icon, type IconName } from "./icon.js";

/** One thing to choose: it does something, or it leads somewhere. */
export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon: IconName;
  readonly onAction?: () => void;
  readonly href?: string;
  /** The link saves a file. */
  readonly download?: boolean;
  readonly danger?: boolean;
}

/** The menu; `button` replaces the three dots. */
export interface MenuProps {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly button?: ReactNode;
}

const Entry = ({ entry }: { readonly entry: MenuEntry }): ReactElement => (
  <MenuItem
    id={entry.id}
    className="menu-item"
    textValue={entry.label}
    data-danger={entry.danger || undefined}
    {...(entry.onAction === undefined ? {} : { onAction: entry.onAction })}
    {...(entry.href === undefined ? {} : { href: entry.href })}
    {...(entry.download === true ? { download: true } : {})}
  >
    <Icon name={entry.icon} />
    {entry.label}
  </MenuItem>
);

/** Opens below its button; arrows, letters and Escape work. */
export const Menu = ({ label, entries, button }: MenuProps): ReactElement => (
  <MenuTrigger>
    {button ?? <Button look="quiet" icon="more" aria-label={label} />}
    <Popover className="menu-popover" placement="bottom end">
      <AriaMenu className="menu" aria-label={label}>
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </AriaMenu>
    </Popover>
  </MenuTrigger>
);
