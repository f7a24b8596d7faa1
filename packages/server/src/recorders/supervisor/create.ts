/** Where the server gets its recorder of WHIP publications and LiveKit rooms from: child processes, supervised, behind the recorder ports. */
import { fileURLToPath } from "node:url";
import { newId } from "../../platform/ids.js";
import type { ProcessSettings } from "../process/settings.js";
import { defaultTimings, type Recorder, type RecorderOptions } from "./options.js";
import { RecorderEvents, SupervisedRecorder } from "./recorder.js";
import { SupervisedShares } from "./shares.js";
import { RecorderSlot } from "./slot.js";
import { RecorderSocket } from "./socket.js";

/** The compiled program, seen from the sources and from `dist` alike. */
const builtEntry = fileURLToPath(new URL("../../../dist/recorders/process/main.js", import.meta.url));

/**
 * Starts the recorder processes and answers once each has come up or died for the first time.
 * @throws Error when none comes up (nothing is left running then): the reason is in the log.
 */
export async function createRecorder(options: RecorderOptions): Promise<Recorder> {
  const timings = { ...defaultTimings, ...options.timings };
  const { connectMs, silentMs, goneMs, stopLimitMs, joinMs, republishMs, returnMs, stalledMs } = timings;
  const socket = await RecorderSocket.open();
  const events = new RecorderEvents(options.logger);
  const settingsOf = (index: number): ProcessSettings => ({
    recorderId: newId(),
    serverUrl: socket.url,
    root: options.root,
    host: options.host,
    udpPort: options.udpPort === null ? null : options.udpPort + index,
    publicIp: options.publicIp,
    iceServers: [...options.iceServers],
    segmentMs: options.segmentSeconds * 1000,
    livekit: options.livekit ?? null,
    timings: { connectMs, silentMs, goneMs, stopLimitMs, joinMs, republishMs, returnMs, stalledMs },
  });
  const slots = Array.from({ length: options.processes }, (_unused, index) => {
    const settings = (): ProcessSettings => settingsOf(index);
    const emit = events.emit.bind(events);
    return new RecorderSlot({
      entry: options.entry ?? builtEntry,
      settings,
      socket,
      timings,
      logger: options.logger,
      emit,
      onShares: (lost) => shares.adopt(lost),
    });
  });
  const shares = new SupervisedShares({ slots, emit: (event) => events.emit(event), logger: options.logger });
  events.on((event) => event.type === "up" && shares.resume());
  const recorder = new SupervisedRecorder({ socket, slots, events, shares });
  const ups = await Promise.all(slots.map((slot) => slot.firstUp));
  if (ups.includes(true)) return recorder;
  await recorder.close();
  throw new Error("No recorder process could be started");
}
