/** Which LiveKit servers are new enough. */
import { JoinError } from "./error.js";

/** The first with what is relied on: hidden recorders, the table of track ids in offers, reasons with `leave`. */
const oldest = [1, 2] as const;

/** Throws `JoinError` for a version below 1.2; one that cannot be read passes. */
export function checkVersion(version: string): void {
  const match = /^v?(\d{1,5})\.(\d{1,5})/.exec(version);
  if (!match) return;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new JoinError("old", `LiveKit server ${major}.${minor} is too old: ${oldest.join(".")} or newer is needed`);
}
