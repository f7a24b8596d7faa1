/** Text as search and sorting see it. Databases differ in it (SQLite's own `like` knows upper and lower case of ASCII only), so it is kept beside the text. */

/** Without case, accents and compatibility forms: "Ärger" and "ARGER" are the same text. */
export const foldText = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .normalize("NFKC");
