/** Sends a toast from anywhere in the page. React Aria still calls toasts unstable: only this folder knows. */
import { UNSTABLE_ToastQueue as Queue } from "react-aria-components/Toast";

/** What a toast says, and at most one thing to do. */
export interface ToastMessage {
  readonly title: string;
  readonly detail?: string;
  readonly look?: "plain" | "danger";
  readonly action?: { readonly label: string; readonly onAction: () => void };
}

const STAYS_MS = 8000;

/** What is shown; at most three at once, the others wait. */
export const toastQueue = new Queue<ToastMessage>({ maxVisibleToasts: 3 });

/** Shows a toast for eight seconds; looking at it (pointer, focus) stops the time. `onClose` is called once, however it goes away. Answers how to take it away. */
export const toast = (message: ToastMessage, onClose?: () => void): (() => void) => {
  const key = toastQueue.add(message, { timeout: STAYS_MS, ...(onClose === undefined ? {} : { onClose }) });
  return () => toastQueue.close(key);
};
