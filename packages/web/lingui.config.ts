/** One catalogue for all words of the page and of the components, and one for the administration's: `lingui extract` collects them from the marked descriptors. */
import { formatter } from "@lingui/format-po";
import type { LinguiConfig } from "@lingui/conf";

const config: LinguiConfig = {
  sourceLocale: "en",
  locales: ["en"],
  catalogs: [
    { path: "<rootDir>/src/locales/{locale}", include: ["<rootDir>/src/texts", "<rootDir>/../react/src/texts"] },
    // Loaded with the administration only.
    { path: "<rootDir>/src/admin/locales/{locale}", include: ["<rootDir>/src/admin/texts"] },
  ],
  format: formatter({ lineNumbers: false, origins: false }),
};

export default config;
