/** LiveKit as the configuration names it: the client of its API, and the recorder of its rooms. */
import type { Config } from "../config/read.js";
import type { Livekit } from "../livekit/port.js";
import { LivekitRooms, type LivekitRoomsOptions } from "../livekit/rooms.js";
import { createEgressRecorder } from "../recorders/egress/create.js";
import type { LivekitRecorderPort } from "../recorders/port.js";
import type { Catalog } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";

/** What LiveKit's side is opened with. */
export interface OpenLivekitOptions {
  readonly config: Config;
  /** The recorder of WHIP publications: its processes join rooms too when they are told to. */
  readonly passthrough: LivekitRecorderPort;
  readonly catalog: Pick<Catalog, "sessions">;
  readonly clock: Clock;
  readonly logger: LivekitRoomsOptions["logger"];
}

/** Null where LiveKit is not configured. */
export function openLivekit({ config, passthrough, catalog, clock, logger }: OpenLivekitOptions): Livekit | null {
  const { livekit, storageRoot, egressOutputDir: outputDir, buffer } = config;
  if (!livekit) return null;
  const rooms = new LivekitRooms({ livekit, logger });
  if (config.recorder === "whip") return { rooms, recorder: null, webhook: () => undefined, endOrphans: () => Promise.resolve(0) };
  if (config.recorder === "passthrough")
    return { rooms, recorder: passthrough, webhook: () => undefined, endOrphans: () => Promise.resolve(0) };
  const isWanted = async (sessionId: string): Promise<boolean> => {
    const row = await catalog.sessions.find(sessionId);
    return row?.state === "active" && row.pausedAtMs === null;
  };
  const egress = createEgressRecorder({ livekit, rooms, storageRoot, outputDir, segment: buffer.segment, isWanted, clock, logger });
  return { rooms, recorder: egress, webhook: (event) => egress.webhook(event), endOrphans: () => egress.orphans() };
}
