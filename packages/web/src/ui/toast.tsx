/** Toasts. React Aria still calls them unstable: this is the only file that knows. */
import type { ReactElement } from "react";
import {
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as Content,
  UNSTABLE_ToastQueue as Queue,
  UNSTABLE_ToastRegion as Region,
} from "react-aria-components/Toast";
import { Text } from "react-aria-components/Text";
import { useSay } from "../texts/say.js";
import { words } from "../texts/english.js";
import { Button } from "./button.js";

/** What a toast says, and at most one thing to do. */
export interface ToastMessage {
  readonly title: string;
  readonly detail?: string;
  readonly look?: "plain" | "danger";
  readonly action?: { readonly label: string; readonly onAction: () => void };
}

const STAYS_MS = 8000;

const queue = new Queue<ToastMessage>({ maxVisibleToasts: 3 });

/** Shows a toast for eight seconds; looking at it (pointer, focus) stops the time. `onClose` is called once, however it goes away. Answers how to take it away. */
export const toast = (message: ToastMessage, onClose?: () => void): (() => void) => {
  const key = queue.add(message, { timeout: STAYS_MS, ...(onClose === undefined ? {} : { onClose }) });
  return () => queue.close(key);
};

/** The place of the toasts; once in the page. */
export const Toasts = (): ReactElement => {
  const say = useSay();
  return (
    <Region queue={queue} className="toasts" aria-label={say(words.notices)}>
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
                queue.close(shown.key);
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
