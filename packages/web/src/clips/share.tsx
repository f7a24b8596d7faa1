/** Sharing a clip to a channel. */
import { useMe, useShareClips } from "@livekit-replay/react";
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

/** Which clips; `onDone`: they are posted. */
export interface ShareManyProps {
  readonly clips: readonly Clip[];
  readonly onClose: () => void;
  readonly onDone?: () => void;
}

/** Answers how to post; what could not be posted can be tried again. */
const useSend = ({ clips, onClose, onDone }: ShareManyProps) => {
  const say = useSay();
  const share = useShareClips();
  const [, navigate] = useLocation();
  const left = share.data?.left ?? clips;
  const send = (channel: Channel, text: string): void => {
    share.mutate(
      { clips: left, channelId: channel.id, ...(text.trim() === "" ? {} : { text: text.trim() }) },
      {
        onSuccess: (result) => {
          if (result.left.length > 0) return;
          remember(channel.id);
          onClose();
          onDone?.();
          toast({
            title:
              clips.length === 1
                ? say(words.posted, { channel: channel.name })
                : say(words.postedMany, { count: clips.length, channel: channel.name }),
            action: { label: say(words.openChannel), onAction: () => navigate(routes.channel(channel.id)) },
          });
        },
      },
    );
  };
  return { send, left, isPending: share.isPending, error: share.error ?? share.data?.error ?? null };
};

/** The dialog; open while it is rendered. The last channel is remembered. */
export const ShareManyDialog = (props: ShareManyProps): ReactElement => {
  const { clips, onClose } = props;
  const say = useSay();
  const channels = useChannels();
  const { send, left, isPending, error } = useSend(props);
  const [chosen, choose] = useState<string | undefined>(undefined);
  const [text, setText] = useState("");
  const channelId = chosen ?? remembered(channels);
  const channel = channels.find(({ id }) => id === channelId);
  const title = clips.length === 1 ? say(words.shareClip) : say(words.shareMany, { count: clips.length });
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (channel !== undefined) send(channel, text);
        }}
      >
        {channelId === undefined ? (
          <p>{say(words.noChannels)}</p>
        ) : (
          <ChannelChoice channels={channels} value={channelId} onChange={choose} />
        )}
        <TextField className="field" value={text} onChange={setText} maxLength={2000}>
          <Label>{say(clips.length === 1 ? words.sayWith : words.sayWithEach)}</Label>
          <TextArea rows={3} />
        </TextField>
        {error !== null && (
          <Notice look="warning">
            {clips.length > 1 && say(words.postedSome, { done: clips.length - left.length, count: clips.length })} {sentenceOf(error, say)}
          </Notice>
        )}
        <div className="form-buttons">
          <Button onPress={onClose}>{say(words.cancel)}</Button>
          <Button look="strong" type="submit" isDisabled={channel === undefined} busy={isPending}>
            {say(words.post)}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
};

/** The dialog for one clip. */
export const ShareDialog = ({ clip, onClose }: { readonly clip: Clip; readonly onClose: () => void }): ReactElement => (
  <ShareManyDialog clips={[clip]} onClose={onClose} />
);
