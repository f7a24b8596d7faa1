/**
 * The recorder process: WebRTC in, segments out. Started by the server's supervisor, one for each of `RECORDER_PROCESSES`.
 * It lives as long as its connection to the server: when that is lost, or on SIGTERM, it writes its open GOPs and exits.
 */
import { env } from "node:process";
import { millis } from "@livekit-replay/contract";
import { destination, pino } from "pino";
import type { SessionFolder } from "../../store/paths.js";
import { SyncQueue } from "../../store/sync-queue.js";
import { SessionWriter } from "../../store/write.js";
import { Rooms } from "../passthrough/rooms.js";
import { addDrops } from "../share/drops.js";
import { RtcNetwork } from "../whip/network.js";
import { Publications, type PublicationsOptions } from "../whip/publications.js";
import { answerRequest } from "./answer.js";
import { startHeartbeat } from "./heartbeat.js";
import { ServerLink } from "./link.js";
import { type ProcessSettings, takeSettings } from "./settings.js";

const logger = pino({ base: { pid: process.pid } }, destination({ fd: 2, sync: true }));

/**
 * Ends the process at once. Nothing is left to do in it, and an ordinary exit waits for the threads of the WebRTC library,
 * for ever while a connection is open.
 */
function leave(): void {
  process.kill(process.pid, "SIGKILL");
}

/** An error that nobody expected leaves a state that nobody knows: the supervisor starts a fresh process. */
function leaveOnSurprise(error: unknown): void {
  logger.fatal({ err: error }, "the recorder process failed");
  leave();
}

async function run(settings: ProcessSettings, secret: string): Promise<void> {
  const { recorderId, root, timings } = settings;
  const network = await RtcNetwork.open(settings);
  const syncs = new SyncQueue({ logger });
  let stopping = false;
  const openFiles = ({ roomName, userId, sessionId }: SessionFolder): Promise<SessionWriter> =>
    SessionWriter.open({ root, syncs, logger, roomName, userId, sessionId });
  const common: Omit<PublicationsOptions, "network" | "timings" | "openFiles"> = {
    segmentMs: millis(settings.segmentMs),
    notify: (message) => link.send(message),
    onError: (error, sessionId) => logger.error({ err: error, sessionId }, "a segment could not be made"),
  };
  const publications = new Publications({ ...common, openFiles, network, timings });
  const rooms = new Rooms({
    ...common,
    ...timings,
    openFiles,
    timings,
    access: settings.livekit,
    host: settings.host,
    onTrouble: (roomName, reason) => logger.warn({ roomName, reason }, "a LiveKit room is not joined"),
  });
  const stop = async (why: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, "the recorder process stops");
    // A disk or a native library that hangs must not keep a process alive that nobody listens to.
    setTimeout(leave, timings.stopLimitMs * 0.8);
    await Promise.all([publications.close("The recorder stops"), rooms.close()]);
    await syncs.close();
    stopHeartbeat();
    await link.close();
    leave();
  };
  const link = await ServerLink.connect({
    url: settings.serverUrl,
    secret,
    onRequest: (request) => {
      const onError = (error: unknown): void => logger.error({ err: error, request: request.type }, "a request failed");
      void answerRequest({ publications, rooms }, request, onError).then((message) => link.send(message));
    },
    onInvalid: (error) => logger.error({ err: error }, "a request does not fit the contract"),
    onClosed: () => void stop("the server is gone"),
  });
  process.on("SIGTERM", () => void stop("SIGTERM"));
  // Ctrl-C reaches the whole group of processes: the server decides when its recorders stop.
  process.on("SIGINT", () => {});
  link.send({ type: "hello", recorderId, pid: process.pid, udpPort: network.udpPort });
  const stopHeartbeat = startHeartbeat(
    () => {
      const [whip, livekit] = [publications.stats, rooms.stats];
      return { ...whip, sessions: whip.sessions + livekit.sessions, drops: addDrops(whip.drops, livekit.drops) };
    },
    (stats) => link.send({ type: "heartbeat", recorderId, stats }),
  );
}

process.on("uncaughtException", leaveOnSurprise);
process.on("unhandledRejection", leaveOnSurprise);
const { settings, secret } = takeSettings(env);
await run(settings, secret);
