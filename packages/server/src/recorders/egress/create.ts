/** Makes the egress recorder of a server. */
import type { LivekitConfig } from "../../config/read.js";
import { livekitEgressApi } from "./api.js";
import type { EgressRecorderOptions } from "./options.js";
import { EgressRecorder } from "./recorder.js";

export { EgressRecorder };

/** What `createEgressRecorder` needs: everything of a recorder but the client, which it makes. */
export interface CreateEgressOptions extends Omit<EgressRecorderOptions, "api"> {
  readonly livekit: Pick<LivekitConfig, "url" | "apiKey" | "apiSecret">;
}

/** Asks nothing of LiveKit before the first session. Close it when the server stops. */
export function createEgressRecorder({ livekit, ...options }: CreateEgressOptions): EgressRecorder {
  return new EgressRecorder({ ...options, api: livekitEgressApi(livekit) });
}
