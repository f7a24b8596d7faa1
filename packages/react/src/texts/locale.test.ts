/** A language and the reader's own kind of it. */
import { expect, test } from "vitest";
import { localeOf } from "./locale.js";

test("the reader's kind of the page's language, never another language", () => {
  expect(localeOf("en", ["de-CH", "en-GB", "en-US"])).toBe("en-GB");
  expect(localeOf("en", ["ar-EG"])).toBe("en");
  expect(localeOf("en", ["eng"])).toBe("en");
  expect(localeOf("ar-XB", ["ar"])).toBe("ar-XB");
});
