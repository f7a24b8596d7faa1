/** Files for playback: a name from a URL becomes a file of exactly that session or clip, or nothing. */
import { lstat } from "node:fs/promises";
import { hasCode } from "./files.js";
import { aacName, isClipKey, mp4Name, parseBufferFile, PINNED_TAIL, CLIP_PLAYLIST, PINNED_WEBM, pinsName, posterName } from "./names.js";
import { below, type SessionFolder, sessionPath } from "./paths.js";
import { ownerFolder, type PinAddress } from "./pin.js";

/** A regular file that exists; `folder` and `name` are what `sendFile` wants. */
export interface PlayableFile {
  readonly folder: string;
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

const clipNames = { mp4: mp4Name, aac: aacName, poster: posterName };

/** Finds files by strict name patterns; nothing else can be named, so nothing can climb out. */
export class PlayableFiles {
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** An init file, segment or playlist of a session's buffer. Null for everything else. */
  async ofSession(session: SessionFolder, file: string): Promise<PlayableFile | null> {
    return ["init", "segment", "playlist"].includes(parseBufferFile(file).kind) ? present(sessionPath(this.root, session), file) : null;
  }

  /** An init file, segment, tail, playlist or WebM among a clip's pins. Null for everything else. */
  async ofPins(clip: PinAddress, file: string): Promise<PlayableFile | null> {
    const pinned = ["init", "segment"].includes(parseBufferFile(file).kind) || [PINNED_TAIL, CLIP_PLAYLIST, PINNED_WEBM].includes(file);
    return pinned && isClipKey(clip.key) ? present(below(ownerFolder(this.root, clip), pinsName(clip.key)), file) : null;
  }

  /** A clip's MP4, its MP4 with AAC sound, or its poster. Null when it is not there. */
  async ofClip(clip: PinAddress, what: keyof typeof clipNames): Promise<PlayableFile | null> {
    return isClipKey(clip.key) ? present(ownerFolder(this.root, clip), clipNames[what](clip.key)) : null;
  }
}

async function present(folder: string, name: string): Promise<PlayableFile | null> {
  const path = below(folder, name);
  try {
    const stats = await lstat(path);
    return stats.isFile() ? { folder, name, path, sizeBytes: stats.size, modifiedMs: stats.mtimeMs } : null;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}
