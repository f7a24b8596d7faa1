/** What a recorder process is told at its start, by environment variables: nothing else of the server's environment reaches it. */
import { z } from "zod";
import { plainEnvironment } from "../../platform/environment.js";

const settingsSchema = z.object({
  /** Made for this process: it names it in messages and rows. */
  recorderId: z.string().min(1),
  /** `ws://127.0.0.1:…` of the server that started it. */
  serverUrl: z.url({ protocol: /^ws$/ }),
  root: z.string().min(1),
  host: z.string().min(1),
  udpPort: z.number().int().min(1).max(65_535).nullable(),
  publicIp: z.string().nullable(),
  iceServers: z.array(z.string()),
  segmentMs: z.number().positive(),
  /** How LiveKit is joined; null: it is not. */
  livekit: z.object({ url: z.url({ protocol: /^wss?$/ }), apiKey: z.string().min(1), apiSecret: z.string().min(1) }).nullable(),
  /** See `RecorderTimings`. */
  timings: z.object({
    connectMs: z.number().positive(),
    silentMs: z.number().positive(),
    goneMs: z.number().positive(),
    stopLimitMs: z.number().positive(),
    joinMs: z.number().positive(),
    republishMs: z.number().positive(),
    returnMs: z.number().positive(),
    stalledMs: z.number().positive(),
  }),
});

/** Settings of one recorder process. */
export type ProcessSettings = z.infer<typeof settingsSchema>;

const settingsName = "RECORDER_SETTINGS";
const secretName = "RECORDER_SECRET";

/** The environment for a process with these settings. */
export function writeEnvironment(settings: ProcessSettings, secret: string, from: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...plainEnvironment(from), [settingsName]: JSON.stringify(settings), [secretName]: secret };
}

/** Reads and removes them from the environment, so that nothing that dumps it later shows its secrets. Throws `Error` when they are missing or wrong. */
export function takeSettings(environment: NodeJS.ProcessEnv): { settings: ProcessSettings; secret: string } {
  const secret = environment[secretName];
  const text = environment[settingsName];
  delete environment[secretName];
  delete environment[settingsName];
  if (secret === undefined || text === undefined) throw new Error("The recorder process is started by the server, not by hand");
  return { settings: settingsSchema.parse(JSON.parse(text)), secret };
}
