/** Programs that are built for the tests: `npm test` says where they are; without that, where it built them last. */
import { fileURLToPath } from "node:url";

/** Where a program of `tools/` is built. */
export const builtTool = (name: string): string => fileURLToPath(new URL(`../../../../.cache/tools/${name}`, import.meta.url));
