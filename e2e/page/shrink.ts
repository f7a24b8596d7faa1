/** Makes a picture of the page small enough for a repository: its own best 256 colours. */
import { run } from "@livekit-replay/peers";

/** Writes `to`. Throws with FFmpeg's words when it cannot. */
export const shrinkPicture = async (from: string, to: string): Promise<void> => {
  const args = [
    "-v",
    "error",
    "-y",
    "-i",
    from,
    "-filter_complex",
    "split[a][b];[a]palettegen=max_colors=200[p];[b][p]paletteuse=dither=none",
    "-frames:v",
    "1",
    to,
  ];
  const { exitCode, stderrTail } = await run({ command: "ffmpeg", args });
  if (exitCode !== 0) throw new Error(stderrTail.join("\n"));
};
