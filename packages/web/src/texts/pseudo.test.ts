/** The made-up languages change words, and nothing that is put between them. */
import { setupI18n, type Messages } from "@lingui/core";
import { expect, test } from "vitest";
import { pseudoLocales, pseudoMessages, type Pseudo } from "./pseudo.js";

const said = (pseudo: Pseudo, compiled: Messages[string], values: Record<string, unknown> = {}): string => {
  const locale = pseudoLocales[pseudo];
  return setupI18n({ locale, messages: { [locale]: pseudoMessages({ text: compiled }, pseudo) } })._("text", values);
};

test("words get longer, values stay", () => {
  expect(said("long", "Try again")).toBe("Trýý åågååîîn");
  expect(said("long", ["asked ", ["asked"], ", got ", ["got"]], { asked: "5:00", got: "3:12" })).toBe("ååskééd 5:00, gøøt 3:12");
  const plural: Messages[string] = [["count", "plural", { offset: undefined, one: ["one clip"], other: ["#", " clips"] }]];
  expect(said("long", plural, { count: 3 })).toBe("3 clîîps");
});

test("each word runs from right to left, and ends doing so", () => {
  const text = said("rtl", ["Posted in #", ["channel"], ": done."], { channel: "general" });
  expect(text).toContain("general");
  expect(text.match(/\u202E/g)).toHaveLength(text.match(/\u202C/g)?.length ?? 0);
  expect(text.replaceAll(/[\u202E\u202C]/g, "")).toBe("Pøøstééd îîn #general: døønéé.");
});
