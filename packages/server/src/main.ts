/** The server's program: reads the configuration, starts, says where it is, stops on a signal. */
import "reflect-metadata";
import type { Writable } from "node:stream";
import { startServer, type RunningServer } from "./app/server.js";
import { environmentConfig } from "./config/environment.js";
import { ConfigError, type Config } from "./config/read.js";

const stopLimitMs = 15_000;

const say = (output: Writable, text: string): void => void output.write(`${text}\n`);

/** Person or program: a terminal gets sentences; the log goes to standard error then, so that both stay readable. */
function announce({ url, demoToken, core }: RunningServer): void {
  say(process.stdout, `livekit-replay is ready: open ${url}`);
  if (core.ffmpeg === null)
    say(
      process.stdout,
      "FFmpeg is not installed, so clips have no pictures and no AAC sound, and clips of VP8 no MP4. It is optional: apt-get install ffmpeg, dnf install ffmpeg, or brew install ffmpeg.",
    );
  if (demoToken !== null) say(process.stdout, `A token for Alice, for the API (demo mode):\n${demoToken}`);
}

function stopOnSignals(server: RunningServer): void {
  let stopping = false;
  const stop = (): void => {
    // A second signal does not wait.
    if (stopping) process.exit(1);
    stopping = true;
    const limit = setTimeout(() => process.exit(1), stopLimitMs);
    server.close().then(
      () => {
        clearTimeout(limit);
        process.exitCode = 0;
      },
      (error: unknown) => {
        server.core.logger.error({ err: error }, "the server could not be stopped cleanly");
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

function configuration(): Config | null {
  try {
    return environmentConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    say(process.stderr, `The configuration is wrong:\n${error.message}`);
    return null;
  }
}

async function main(): Promise<void> {
  const config = configuration();
  if (!config) {
    process.exitCode = 1;
    return;
  }
  const server = await startServer({ config, logDestination: process.stderr });
  announce(server);
  stopOnSignals(server);
}

main().catch((error: unknown) => {
  say(process.stderr, `The server could not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
  // A part that was half opened must not keep the process alive.
  setTimeout(() => process.exit(1), 1000).unref();
});
