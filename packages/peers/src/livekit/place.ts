/** Where the programs of the LiveKit tests are: `npm test` says it in the environment; without that, where it built them last. */
import { fileURLToPath } from "node:url";

const built = (name: string): string => fileURLToPath(new URL(`../../../../.cache/tools/${name}`, import.meta.url));

/** livekit-server of the version that the tests are made for. */
export const livekitServerPath = (): string => process.env["LIVEKIT_SERVER_PATH"] ?? built("livekit-server");

/** The publisher of `tools/livekit-publish`. */
export const livekitPublishPath = (): string => process.env["LIVEKIT_PUBLISH_PATH"] ?? built("livekit-publish");
