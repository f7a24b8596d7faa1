/**
 * Where everything lies below the root (`docs/design/storage.md`): folders of sessions and of users' clips.
 * Names that come from outside are escaped here and nowhere else, so that no name can leave its folder or meet another name, on any file system.
 */
import path from "node:path";
import { ReplayError } from "@livekit-replay/contract";

/** What names a session's folder. */
export interface SessionFolder {
  readonly roomName: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** Longest name (in bytes of UTF-8) that is accepted; escaped it is 241 characters, within every file system's 255. */
export const MAX_NAME_BYTES = 150;

const BUFFER_FOLDER = "replay-buffer";
const CLIPS_FOLDER = "replays";
const plain = /^[a-z0-9][a-z0-9_-]{0,99}$/;
const sessionIdPattern = /^[A-Za-z0-9_-]{16,64}$/;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

const toBase32 = (bytes: Uint8Array): string => {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET.charAt((held << (5 - bits)) & 31) : text;
};

const fromBase32 = (text: string): Uint8Array | null => {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let at = 0;
  let held = 0;
  let bits = 0;
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 255;
    }
    held &= (1 << bits) - 1;
  }
  return bytes;
};

/**
 * A room's or user's name as one folder name: plain ones as they are, others `~` and lower-case base32 (RFC 4648, 6, without padding).
 * Two different names never give the same folder, not even where upper and lower case are the same.
 * @throws ReplayError `invalid_request` for an empty or ill-formed name, or one over {@link MAX_NAME_BYTES}.
 */
export function escapeName(name: string): string {
  if (plain.test(name)) return name;
  const bytes = new TextEncoder().encode(name);
  if (name === "" || !name.isWellFormed() || bytes.length > MAX_NAME_BYTES) {
    throw new ReplayError("invalid_request", { detail: `A room's or user's name must be text of 1 to ${MAX_NAME_BYTES} bytes in UTF-8` });
  }
  return `~${toBase32(bytes)}`;
}

/** The name that `escapeName` made a folder name of; null for a folder that it never makes. */
export function unescapeName(folder: string): string | null {
  if (plain.test(folder)) return folder;
  if (!folder.startsWith("~")) return null;
  const bytes = fromBase32(folder.slice(1));
  if (bytes === null || bytes.length === 0 || bytes.length > MAX_NAME_BYTES) return null;
  try {
    const name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return escapeName(name) === folder ? name : null;
  } catch {
    return null;
  }
}

/**
 * Joins names below a folder and makes sure that the result lies below it.
 * @throws TypeError when it does not: a name was not checked before.
 */
export function below(folder: string, ...names: readonly string[]): string {
  const base = path.resolve(folder);
  const joined = path.resolve(base, ...names);
  if (!joined.startsWith(base + path.sep)) throw new TypeError(`names: must stay below the folder, got ${JSON.stringify(names)}`);
  return joined;
}

/** The folder of all buffers. */
export const bufferRoot = (root: string): string => below(root, BUFFER_FOLDER);
/** The folder of all clips. */
export const clipsRoot = (root: string): string => below(root, CLIPS_FOLDER);

/**
 * A session's folder.
 * @throws ReplayError `invalid_request` for names that cannot be kept, TypeError for a session id that is none of ours.
 */
export function sessionPath(root: string, session: SessionFolder): string {
  if (!sessionIdPattern.test(session.sessionId)) throw new TypeError("sessionId: must be an id of 16 to 64 base64url characters");
  return below(bufferRoot(root), escapeName(session.roomName), escapeName(session.userId), session.sessionId);
}

/** The session of a folder below the buffers' root, from the three names of its path; null when it is no session's folder. */
export function parseSessionFolder(room: string, user: string, session: string): SessionFolder | null {
  const roomName = unescapeName(room);
  const userId = unescapeName(user);
  return roomName === null || userId === null || !sessionIdPattern.test(session) ? null : { roomName, userId, sessionId: session };
}

/**
 * The folder of a user's clips.
 * @throws ReplayError `invalid_request` for a user id that cannot be kept.
 */
export const userPath = (root: string, userId: string): string => below(clipsRoot(root), escapeName(userId));
