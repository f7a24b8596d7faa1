/** Sharing a clip to a channel. */
import { useMe, useShareClip } from "@livekit-replay/react";
import type { Channel, Clip } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Form } from "react-aria-components/Form";
import { Label } from "react-aria-components/Label";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import { TextArea } from "react-aria-components/TextArea";
import { TextField } from "react-aria-components/TextField";
import { useLocation } from "wouter";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { Notice } from "../ui/notice.js";
import { toast } from "../toasts/send.js";

const place = "replay.channel";

/** Channels in which the person may post. */
const useChannels = (): Channel[] => {
  const me = useMe();
  const communities = me.data?.communities ?? [];
  return communities.filter((one) => me.data?.admin === true || one.permissions.includes("SEND_MESSAGES")).flatMap((one) => one.channels);
};

const remembered = (channels: readonly Channel[]): string | undefined => {
  let last: string | null = null;
  try {
    last = localStorage.getItem(place);
  } catch {
    // Without storage the first channel is offered.
  }
  return (channels.find((channel) => channel.id === last) ?? channels[0])?.id;
};

const remember = (channelId: string): void => {
  try {
    localStorage.setItem(place, channelId);
  } catch {
    // As above.
  }
};

const ChannelChoice = ({
  channels,
  value,
  onChange,
}: {
  readonly channels: readonly Channel[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}): ReactElement => {
  const say = useSay();
  return (
    <RadioGroup className="choices" value={value} onChange={onChange}>
      <Label className="choices-label">{say(words.toChannel)}</Label>
      {channels.map((channel) => (
        <Radio key={channel.id} value={channel.id} className="choice">
          <span className="choice-mark" aria-hidden="true" />#{channel.name}
        </Radio>
      ))}
    </RadioGroup>
  );
};

/** The dialog; open while it is rendered. The last channel is remembered. */
export const ShareDialog = ({ clip, onClose }: { readonly clip: Clip; readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const channels = useChannels();
  const share = useShareClip(clip.id);
  const [, navigate] = useLocation();
  const [chosen, choose] = useState<string | undefined>(undefined);
  const [text, setText] = useState("");
  const channelId = chosen ?? remembered(channels);
  const send = (): void => {
    if (channelId === undefined) return;
    const channel = channels.find((one) => one.id === channelId)?.name ?? channelId;
    const done = (): void => {
      remember(channelId);
      onClose();
      toast({
        title: say(words.posted, { channel }),
        action: { label: say(words.openChannel), onAction: () => navigate(routes.channel(channelId)) },
      });
    };
    share.mutate({ channelId, ...(text.trim() === "" ? {} : { text: text.trim() }) }, { onSuccess: done });
  };
  return (
    <Dialog title={say(words.shareClip)} isOpen onClose={onClose}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {channelId === undefined ? (
          <p>{say(words.noChannels)}</p>
        ) : (
          <ChannelChoice channels={channels} value={channelId} onChange={choose} />
        )}
        <TextField className="field" value={text} onChange={setText} maxLength={2000}>
          <Label>{say(words.sayWith)}</Label>
          <TextArea rows={3} />
        </TextField>
        {share.isError && <Notice look="warning">{sentenceOf(share.error, say)}</Notice>}
        <div className="form-buttons">
          <Button onPress={onClose}>{say(words.cancel)}</Button>
          <Button look="strong" type="submit" isDisabled={channelId === undefined} busy={share.isPending}>
            {say(words.post)}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
};
