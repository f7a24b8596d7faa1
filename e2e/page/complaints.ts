/** What FFmpeg says while it decodes a clip. */
import { run } from "@livekit-replay/peers";

/**
 * Decodes everything and answers each line that FFmpeg wrote; none is what a good clip gives. The frames of a screen come when something changes:
 * they keep their own times (FFmpeg would force them into an even rate otherwise, and complain of its own rounding).
 */
export const complaintsOf = async (file: string): Promise<string[]> => {
  const lines: string[] = [];
  const args = ["-v", "error", "-i", file, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"];
  const { exitCode } = await run({ command: "ffmpeg", args, onStderrLine: (line) => void lines.push(line) });
  return exitCode === 0 ? lines : [...lines, `ffmpeg ended with ${exitCode}`];
};
