/** How numbers, dates and directions are written in a language. */

/** The reader's own kind of a language (`en-GB` for English); the language itself when the reader has none of it. */
export const localeOf = (language: string, wanted: readonly string[] = globalThis.navigator?.languages ?? []): string =>
  wanted.find((one) => one === language || one.startsWith(`${language}-`)) ?? language;
