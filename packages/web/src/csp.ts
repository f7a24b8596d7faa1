/**
 * Imported before everything else: tells zod that code may not be made from text here. It finds out by trying otherwise, and the browser reports
 * that as a violation of the content security policy.
 */
const settings: typeof globalThis & { __zod_globalConfig?: { jitless?: boolean } } = globalThis;
settings.__zod_globalConfig = { jitless: true };
