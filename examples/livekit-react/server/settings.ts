/** What this application is told by its environment. Most of it the server of livekit-replay is told too: `example.env`. */
import { z } from "zod";

const settingsSchema = z
  .object({
    LIVEKIT_URL: z.url({ protocol: /^wss?$/ }),
    LIVEKIT_API_KEY: z.string().min(1),
    LIVEKIT_API_SECRET: z.string().min(1),
    JWT_SECRET: z.string().min(32),
    REPLAY_URL: z.url({ protocol: /^https?$/ }).default("http://localhost:3000/livekit-replay"),
    APP_PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  })
  .transform((env) => ({
    livekit: { url: env.LIVEKIT_URL, apiKey: env.LIVEKIT_API_KEY, apiSecret: env.LIVEKIT_API_SECRET },
    replay: { url: env.REPLAY_URL, jwtSecret: env.JWT_SECRET },
    port: env.APP_PORT,
  }));

/** One typed object: where LiveKit and livekit-replay are, and the secrets that tokens for them are signed with. */
export type Settings = z.output<typeof settingsSchema>;

/** Reads the environment. Throws a sentence that names what is missing or wrong. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => {
  const read = settingsSchema.safeParse(env);
  if (read.success) return read.data;
  throw new Error(`The environment is not complete (example.env has all of it):\n${z.prettifyError(read.error)}`);
};
