/** Where the next captures go: said beside the button in plain words, chosen in a small menu. */
import type { Channel } from "@livekit-replay/contract";
import { lazy, memo, Suspense, useState, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Header } from "react-aria-components/Header";
import { Menu, MenuItem, MenuSection, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { useText } from "../provider/context.js";
import { texts } from "../texts/english.js";
import type { CaptureSettings } from "./use-capture.js";

/** Loaded when somebody chooses a channel for the first time. */
const ConfirmChannel = lazy(async () => ({ default: (await import("./confirm-channel.js")).ConfirmChannel }));

const LIBRARY = "library";
const idOf = (channel: Channel | undefined): string => (channel === undefined ? LIBRARY : `channel:${channel.id}`);

interface ChoicesProps {
  readonly channels: readonly Channel[];
  readonly chosen: Channel | undefined;
  readonly onChoose: (channel: Channel | undefined) => void;
}

const Choices = ({ channels, chosen, onChoose }: ChoicesProps): ReactElement => {
  const text = useText();
  return (
    <Menu
      className="replay-menu"
      aria-label={text(texts.destination)}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[idOf(chosen)]}
      onAction={(id) => onChoose(channels.find((channel) => idOf(channel) === id))}
    >
      <MenuItem id={LIBRARY} className="replay-menu-item" textValue={text(texts.destinationLibrary)}>
        <span className="replay-menu-mark" aria-hidden="true" />
        <span className="replay-menu-words">
          <span>{text(texts.destinationLibrary)}</span> <span className="replay-hint">{text(texts.destinationPrivate)}</span>
        </span>
      </MenuItem>
      <MenuSection className="replay-menu-section">
        <Header className="replay-menu-header">{text(texts.destinationAlso)}</Header>
        {channels.map((channel) => (
          <MenuItem key={channel.id} id={idOf(channel)} className="replay-menu-item" textValue={channel.name}>
            <span className="replay-menu-mark" aria-hidden="true" />
            <span className="replay-menu-words">#{channel.name}</span>
          </MenuItem>
        ))}
      </MenuSection>
    </Menu>
  );
};

/** Nothing where there is no channel to post in: then everything goes to the library. */
export const DestinationMenu = memo(({ control }: { readonly control: CaptureSettings }): ReactElement | null => {
  const text = useText();
  const [asked, ask] = useState<Channel | undefined>(undefined);
  const { channels, channelId } = control;
  const chosen = channels.find((channel) => channel.id === channelId);
  if (channels.length === 0) return null;
  const choose = (channel: Channel | undefined): void => {
    // What only the person saw so far will be seen by others: not by one careless press.
    if (channel !== undefined && !control.hasChosen) ask(channel);
    else control.sendTo(channel?.id);
  };
  const said = chosen === undefined ? text(texts.destinationLibraryShort) : text(texts.destinationChannelShort, { channel: chosen.name });
  return (
    <>
      <MenuTrigger>
        <Button className="replay-destination" data-channel={chosen !== undefined || undefined}>
          <span className="replay-destination-words">{said}</span>
          <span className="replay-destination-more" aria-hidden="true" />
        </Button>
        <Popover className="replay-popover replay-menu-popover" placement="bottom start">
          <Choices channels={channels} chosen={chosen} onChoose={choose} />
        </Popover>
      </MenuTrigger>
      {asked !== undefined && (
        <Suspense>
          <ConfirmChannel
            channel={asked}
            onAnswer={(yes) => {
              ask(undefined);
              if (yes) control.sendTo(asked.id);
            }}
          />
        </Suspense>
      )}
    </>
  );
});
