/** Light, dark, or like the system. */
import { useSyncExternalStore } from "react";

/** What the person chose. */
export type Theme = "system" | "light" | "dark";

/** The choices, in the order in which they are offered. */
export const themes: readonly Theme[] = ["system", "light", "dark"];

const place = "replay.theme";
const listeners = new Set<() => void>();

const read = (): Theme => {
  try {
    const stored = localStorage.getItem(place);
    return themes.find((theme) => theme === stored) ?? "system";
  } catch {
    return "system";
  }
};

let chosen: Theme = "system";

const show = (theme: Theme): void => {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
};

/** Takes over what was chosen before; called before the first render. */
export const beginTheme = (): void => {
  chosen = read();
  show(chosen);
};

/** Chooses, and remembers it in this browser. */
export const chooseTheme = (theme: Theme): void => {
  chosen = theme;
  show(theme);
  try {
    localStorage.setItem(place, theme);
  } catch {
    // Without storage it lasts until the page is left.
  }
  for (const listener of listeners) listener();
};

/** The choice in a component. */
export const useTheme = (): Theme =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => chosen,
  );
