/** Starts an egress for a run of a session: the share's tracks are found, the folder is made, LiveKit is asked. */
import { ReplayError } from "@livekit-replay/contract";
import { egressPaths, freeRun, openEgressFolder } from "../../store/egress-folder.js";
import { sessionPath } from "../../store/paths.js";
import { TransportWatch } from "../../store/transport-watch.js";
import type { RecordOptions } from "../port.js";
import type { EgressRecorderOptions } from "./options.js";
import { encodingFor, outputFor } from "./request.js";
import { prefixOf } from "./status.js";
import { type SharedTracks, sharedTracks } from "./tracks.js";

/** One egress and the files that it writes. */
export interface EgressRun {
  readonly number: number;
  readonly egressId: string;
  readonly watch: TransportWatch;
}

/** Looks that a listed segment is given to become whole. */
const patience = 10;

/** The share to record; null when there is none. Tracks that were asked for may have been replaced by newer ones of the same person. */
async function findShare(
  { rooms }: EgressRecorderOptions,
  roomName: string,
  wanted: RecordOptions,
  anyOfTheirs: boolean,
): Promise<SharedTracks | null> {
  const isThere = (await rooms.participants(roomName)).some(({ identity }) => identity === wanted.identity);
  const participant = isThere ? await rooms.participant(roomName, wanted.identity) : null;
  if (!participant) return null;
  return sharedTracks(participant, wanted) ?? (anyOfTheirs ? sharedTracks(participant, { videoTrackId: null, audioTrackId: null }) : null);
}

/** Ends an egress that nobody needs. False when it cannot be ended: one whose worker is dead stays in LiveKit's books. */
export async function stopQuietly({ api, logger }: EgressRecorderOptions, egressId: string, what: string): Promise<boolean> {
  try {
    await api.stop(egressId);
    logger.info({ egressId, what }, "an egress was ended");
    return true;
  } catch (error) {
    logger.warn({ err: error, egressId, what }, "an egress could not be ended");
    return false;
  }
}

/**
 * Ends egresses that still write into a session's folder: those of a server that died, or of a session that was stopped a moment ago.
 * They bring what they have to its end all the same: answers their prefixes.
 */
async function stopOthers(options: EgressRecorderOptions, folderPrefix: string): Promise<string[]> {
  const prefixes: string[] = [];
  for (const info of await options.api.active()) {
    const prefix = prefixOf(info);
    if (prefix?.startsWith(folderPrefix) !== true) continue;
    prefixes.push(prefix);
    await stopQuietly(options, info.egressId, "one of an earlier run of the session");
  }
  return prefixes;
}

/**
 * Starts the egress of a run; null when the person does not share.
 * @param wanted the run's number; a later one is taken where that is in use
 * @param isFirst the share must be the one that was asked for
 * @throws ReplayError `encrypted_room`, `unsupported_codec`, `recorder_unavailable`, `disk_full`
 */
export async function startEgress(
  options: EgressRecorderOptions,
  session: RecordOptions,
  wanted: number,
  isFirst: boolean,
): Promise<EgressRun | null> {
  const { api, storageRoot, outputDir, segment, logger } = options;
  const share = await findShare(options, session.roomName, session, !isFirst);
  if (share === null) return null;
  const { roomName, userId, sessionId } = session;
  const names = { roomName, userId, sessionId };
  const folder = await openEgressFolder(storageRoot, names, logger);
  const run = await freeRun(folder, wanted, await stopOthers(options, `${sessionPath(outputDir, names)}/`));
  const paths = egressPaths(outputDir, names, run);
  const { videoTrackId, audioTrackId } = share;
  const info = await api.start({
    roomName,
    videoTrackId,
    audioTrackId,
    output: outputFor(paths, segment),
    encoding: encodingFor(share.size, segment),
  });
  if (info.egressId === "") throw new ReplayError("recorder_unavailable");
  logger.info({ sessionId, egressId: info.egressId, run }, "an egress was started");
  return { number: run, egressId: info.egressId, watch: new TransportWatch({ folder, run, patience }) };
}
