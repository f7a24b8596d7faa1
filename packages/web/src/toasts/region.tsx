/** The place of the toasts. */
import type { ReactElement } from "react";
import { UNSTABLE_Toast as AriaToast, UNSTABLE_ToastContent as Content, UNSTABLE_ToastRegion as Region } from "react-aria-components/Toast";
import { Text } from "react-aria-components/Text";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { toastQueue } from "./send.js";

/** Once in the page. */
export const ToastRegion = (): ReactElement => {
  const say = useSay();
  return (
    <Region queue={toastQueue} className="toasts" aria-label={say(words.notices)}>
      {({ toast: shown }) => (
        <AriaToast toast={shown} className="toast" data-look={shown.content.look ?? "plain"}>
          <Content className="toast-words">
            <Text slot="title">{shown.content.title}</Text>
            {shown.content.detail !== undefined && <Text slot="description">{shown.content.detail}</Text>}
          </Content>
          {shown.content.action !== undefined && (
            <Button
              onPress={() => {
                shown.content.action?.onAction();
                toastQueue.close(shown.key);
              }}
            >
              {shown.content.action.label}
            </Button>
          )}
          <Button slot="close" look="quiet" icon="close" aria-label={say(words.dismiss)} />
        </AriaToast>
      )}
    </Region>
  );
};
