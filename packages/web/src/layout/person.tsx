/** The person's own menu: appearance, keys, sign out. */
import type { SteadyMe } from "@livekit-replay/react";
import { lazy, Suspense, useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Avatar } from "../ui/avatar.js";
import { Icon } from "../ui/icon.js";

/** A menu is a sixth of the first view's script, and nobody's first step. */
const load = async (): Promise<typeof import("./person-menu.js")> => import("./person-menu.js");
const PersonMenuPopover = lazy(async () => ({ default: (await load()).PersonMenuPopover }));

/** On its way before the press: what fails now fails again when it is opened. */
const loadEarly = (): void => void load().catch(() => undefined);

/** Opens upwards in the side bar, downwards in the top bar. `short`: only the round field. */
export const PersonMenu = ({ me, short = false }: { readonly me: SteadyMe; readonly short?: boolean }): ReactElement => {
  const say = useSay();
  const trigger = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const openByArrow = ({ key }: KeyboardEvent): void => {
    if (key === "ArrowDown" || key === "ArrowUp") setOpen(true);
  };
  return (
    <>
      <Button
        ref={trigger}
        className="person-button"
        aria-label={say(words.personMenu, { name: me.name })}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onHoverStart={loadEarly}
        onFocus={loadEarly}
        onKeyDown={openByArrow}
        onPress={() => setOpen(true)}
      >
        <Avatar userId={me.userId} name={me.name} />
        {!short && <span className="person-name">{me.name}</span>}
        {!short && <Icon name="more" />}
      </Button>
      {isOpen && (
        <Suspense>
          <PersonMenuPopover
            trigger={trigger}
            label={me.name}
            placement={short ? "bottom end" : "top start"}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
};
