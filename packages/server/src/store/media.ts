/** Files for playback: a name from a URL becomes a file of exactly that session or clip, or nothing. */
import type { SessionFolder } from "./paths.js";
import type { PinAddress } from "./pin.js";

/** A regular file that exists; `folder` and `name` are what `sendFile` wants. */
export interface PlayableFile {
  readonly folder: string;
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export abstract class PlayableFiles {
  /** An init file, segment or playlist of a session's buffer. Null for everything else. */
  abstract ofSession(session: SessionFolder, file: string): Promise<PlayableFile | null>;
  /** An init file, segment, tail or playlist among a clip's pins. Null for everything else. */
  abstract ofPins(clip: PinAddress, file: string): Promise<PlayableFile | null>;
  /** A clip's MP4 or poster. Null when it is not there. */
  abstract ofClip(clip: PinAddress, what: "mp4" | "poster"): Promise<PlayableFile | null>;
}
