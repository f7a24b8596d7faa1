/** Where the programs of the LiveKit tests are. */
import { builtTool } from "../process/built.js";

/** livekit-server of the version that the tests are made for. */
export const livekitServerPath = (): string => process.env["LIVEKIT_SERVER_PATH"] ?? builtTool("livekit-server");

/** The publisher of `tools/livekit-publish`. */
export const livekitPublishPath = (): string => process.env["LIVEKIT_PUBLISH_PATH"] ?? builtTool("livekit-publish");
