/** Sends a toast from anywhere in the page. React Aria still calls toasts unstable: only this folder knows. */
import { Value } from "@livekit-replay/react";
import { useEffect } from "react";
import { UNSTABLE_ToastQueue as Queue } from "react-aria-components/Toast";

/** What a toast says, and at most one thing to do. */
export interface ToastMessage {
  readonly title: string;
  readonly detail?: string;
  readonly look?: "plain" | "danger";
  readonly action?: { readonly label: string; readonly onAction: () => void };
}

/** The captures of a session since an instant (local time), as one toast. */
export interface CapturesMessage {
  readonly sessionId: string;
  readonly sinceMs: number;
}

/** What the place of the toasts shows. */
export type ToastContent =
  | { readonly is: "message"; readonly message: ToastMessage }
  | { readonly is: "captures"; readonly captures: CapturesMessage };

const STAYS_MS = 8000;

/** What is shown; at most three at once, the others wait. */
export const toastQueue = new Queue<ToastContent>({ maxVisibleToasts: 3 });

/** Shows a toast for eight seconds; looking at it (pointer, focus) stops the time. `onClose` is called once, however it goes away. Answers how to take it away. */
export const toast = (message: ToastMessage, onClose?: () => void): (() => void) => {
  const key = toastQueue.add({ is: "message", message }, { timeout: STAYS_MS, ...(onClose === undefined ? {} : { onClose }) });
  return () => toastQueue.close(key);
};

/** The toast of captures that is there at this moment, by its key. */
export const shownCaptures = new Value<(CapturesMessage & { readonly key: string }) | undefined>(undefined);

/** Shows the captures of a session in a toast: one for all of them, which goes away by itself when there is nothing left to say. */
export const toastCaptures = (captures: CapturesMessage): void => {
  if (shownCaptures.get() !== undefined) return;
  const key = toastQueue.add({ is: "captures", captures }, { onClose: () => shownCaptures.set(undefined) });
  shownCaptures.set({ ...captures, key });
};

/** Takes that toast away. */
export const closeCaptures = (): void => {
  const shown = shownCaptures.get();
  if (shown !== undefined) toastQueue.close(shown.key);
};

/** Takes all toasts away with the component: they are the person's who goes. What waited for an undo is sent by who holds it. */
export const useForgetToasts = (): void => {
  useEffect(
    () => () => {
      closeCaptures();
      toastQueue.clear();
    },
    [],
  );
};
