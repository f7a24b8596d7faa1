/** Walks the storage root: sessions' folders and users' folders. What cannot be parsed is named and not entered. */
import type { Dirent } from "node:fs";
import path from "node:path";
import { listFolder } from "../files.js";
import { bufferRoot, clipsRoot, parseSessionFolder, type SessionFolder, unescapeName } from "../paths.js";

/** A folder of the layout. */
export type Place =
  | { readonly kind: "session"; readonly path: string; readonly session: SessionFolder }
  | { readonly kind: "owner"; readonly path: string; readonly userId: string }
  /** Not part of the layout. `file`: it is no folder. */
  | { readonly kind: "foreign"; readonly path: string; readonly file: boolean }
  | { readonly kind: "unreadable"; readonly path: string; readonly error: unknown };

type Found = { readonly entries: readonly Dirent[] } | { readonly error: unknown };

async function look(folder: string): Promise<Found> {
  try {
    return { entries: await listFolder(folder) };
  } catch (error) {
    return { error };
  }
}

const foreign = (folder: string, entry: Dirent): Place => ({
  kind: "foreign",
  path: path.join(folder, entry.name),
  file: !entry.isDirectory(),
});

/** Every session's folder, and everything else on the way. */
export async function* walkSessions(root: string): AsyncGenerator<Place> {
  yield* descend(bufferRoot(root), [], (names, folder) => {
    const [room = "", user = "", id = ""] = names;
    const session = parseSessionFolder(room, user, id);
    return session === null ? null : { kind: "session", path: folder, session };
  });
}

/** Three levels: room, user, session. Names of the first two must unescape, or nothing below is looked at. */
async function* descend(
  folder: string,
  names: readonly string[],
  place: (names: readonly string[], folder: string) => Place | null,
): AsyncGenerator<Place> {
  const found = await look(folder);
  if ("error" in found) {
    yield { kind: "unreadable", path: folder, error: found.error };
    return;
  }
  for (const entry of found.entries) {
    const below = [...names, entry.name];
    const at = path.join(folder, entry.name);
    if (!entry.isDirectory()) yield foreign(folder, entry);
    else if (below.length === 3) yield place(below, at) ?? foreign(folder, entry);
    else if (unescapeName(entry.name) === null) yield foreign(folder, entry);
    else yield* descend(at, below, place);
  }
}

/** Every folder of a clips' owner, and everything else beside them. */
export async function* walkOwners(root: string): AsyncGenerator<Place> {
  const folder = clipsRoot(root);
  const found = await look(folder);
  if ("error" in found) {
    yield { kind: "unreadable", path: folder, error: found.error };
    return;
  }
  for (const entry of found.entries) {
    const userId = unescapeName(entry.name);
    if (entry.isDirectory() && userId !== null) yield { kind: "owner", path: path.join(folder, entry.name), userId };
    else yield foreign(folder, entry);
  }
}
