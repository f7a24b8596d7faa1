/** How the page speaks: one catalogue for its own words and for those of the components. */
import { setupI18n, type I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import type { ReplayText, TextValues, Translate } from "@livekit-replay/react";
import { isRTL } from "react-aria-components/I18nProvider";
import { messages } from "../locales/en.po";

/** The catalogue, in English. Another language is another file beside it. */
export const catalogue: I18n = setupI18n({ locale: "en", messages: { en: messages } });

/** Where words run from right to left, a value among them keeps its own order: `694 kB` and names would be turned about otherwise (first strong isolates). */
const isolated = (values: TextValues, { locale }: I18n): TextValues => {
  if (!isRTL(locale)) return values;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? `\u2068${value}\u2069` : value]),
  );
};

/** For `ReplayProvider`: the components speak from the same catalogue. */
export const translate: Translate = (text, values) => catalogue._(text.id, { ...isolated(values, catalogue) }, { message: text.message });

/** Puts one of the page's texts into the reader's words, and renders again when the language changes. */
export const useSay = (): ((text: ReplayText, values?: TextValues) => string) => {
  const { i18n } = useLingui();
  return (text, values = {}) => i18n._(text.id, { ...isolated(values, i18n) }, { message: text.message });
};
