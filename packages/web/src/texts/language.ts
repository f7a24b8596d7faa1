/** Which language the page speaks, and in which direction it is read. */
import type { Messages } from "@lingui/core";
import { isRTL } from "react-aria-components/I18nProvider";
import { messages } from "../locales/en.po";
import { catalogue } from "./say.js";

/** Changes to a made-up language when the address asks for one (`?pseudo=rtl`, `?pseudo=long`). */
const tryPseudo = async (asked: string | null): Promise<void> => {
  if (asked !== "rtl" && asked !== "long") return;
  const { pseudoLocales, pseudoMessages } = await import("./pseudo.js");
  catalogue.loadAndActivate({ locale: pseudoLocales[asked], messages: pseudoMessages(messages, asked) });
};

/** Adds the words of a part that is loaded later, in the language that is spoken. Resolves when they are there. */
export const addWords = async (more: Messages): Promise<void> => {
  const { locale } = catalogue;
  const { pseudoLocales, pseudoMessages } = locale === "en" ? {} : await import("./pseudo.js");
  const pseudo = (["rtl", "long"] as const).find((one) => pseudoLocales?.[one] === locale);
  catalogue.load(locale, pseudo === undefined || pseudoMessages === undefined ? more : pseudoMessages(more, pseudo));
};

/** Tells the document what it speaks. Called before the first render; resolves when the words are there. */
export const beginLanguage = async (): Promise<void> => {
  await tryPseudo(new URLSearchParams(globalThis.location.search).get("pseudo"));
  const { documentElement } = document;
  documentElement.lang = catalogue.locale;
  documentElement.dir = isRTL(catalogue.locale) ? "rtl" : "ltr";
};
