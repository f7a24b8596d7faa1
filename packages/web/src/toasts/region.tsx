/** The place of the toasts. */
import { lazy, Suspense, type ReactElement } from "react";
import {
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as Content,
  UNSTABLE_ToastRegion as Region,
  type QueuedToast,
} from "react-aria-components/Toast";
import { Text } from "react-aria-components/Text";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { toastQueue, type ToastContent, type ToastMessage } from "./send.js";

/** With a player: loaded when somebody shares and is elsewhere in the page. */
const Captures = lazy(async () => ({ default: (await import("./captures.js")).CapturesToast }));

const Message = ({ of, toastKey }: { readonly of: ToastMessage; readonly toastKey: string }): ReactElement => (
  <>
    <Content className="toast-words">
      <Text slot="title">{of.title}</Text>
      {of.detail !== undefined && <Text slot="description">{of.detail}</Text>}
    </Content>
    {of.action !== undefined && (
      <Button
        onPress={() => {
          of.action?.onAction();
          toastQueue.close(toastKey);
        }}
      >
        {of.action.label}
      </Button>
    )}
  </>
);

const lookOf = (content: ToastContent): string => (content.is === "captures" ? "captures" : (content.message.look ?? "plain"));

/** Once in the page. */
export const ToastRegion = (): ReactElement => {
  const say = useSay();
  return (
    <Region queue={toastQueue} className="toasts" aria-label={say(words.notices)}>
      {({ toast: shown }: { readonly toast: QueuedToast<ToastContent> }) => (
        <AriaToast toast={shown} className="toast" data-look={lookOf(shown.content)}>
          {shown.content.is === "captures" ? (
            <Suspense>
              <Captures of={shown.content.captures} />
            </Suspense>
          ) : (
            <Message of={shown.content.message} toastKey={shown.key} />
          )}
          <Button slot="close" look="quiet" icon="close" aria-label={say(words.dismiss)} />
        </AriaToast>
      )}
    </Region>
  );
};
