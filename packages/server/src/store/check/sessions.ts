/** The buffers' side of a check: folders without a row, unfinished files, files that are not ours. */
import path from "node:path";
import { listFolder, removeFile } from "../files.js";
import { parseBufferFile, TMP } from "../names.js";
import type { SessionFolder } from "../paths.js";
import { readSessionFiles } from "../session-files.js";
import type { Broken } from "./finding.js";
import { changedAt, leftover, oddPlace, shown } from "./odd.js";
import type { SurveyOptions } from "./options.js";
import { walkSessions } from "./walk.js";

async function orphan(options: SurveyOptions, session: SessionFolder, folder: string): Promise<Broken[]> {
  const names = (await listFolder(folder)).map(({ name }) => path.join(folder, name));
  let newest = 0;
  for (const file of [folder, ...names]) newest = Math.max(newest, await changedAt(file));
  if (options.now - newest <= options.graceMs) return [];
  const finding = {
    kind: "orphaned_session",
    invariant: 6,
    path: shown(options.root, folder),
    row: null,
    detail: "No session has this folder, and its grace is over",
  } as const;
  return [{ finding, mend: async () => (await options.removeSession(session)).failed === 0 }];
}

const isPlaylist = (tmp: string): boolean => parseBufferFile(tmp.slice(0, -TMP.length)).kind === "playlist";

async function surveyKnown(options: SurveyOptions, folder: string): Promise<Broken[]> {
  const { strays, tmps } = await readSessionFiles(folder);
  const broken: Broken[] = strays.map(({ file, reason }) => ({
    finding: {
      kind: "foreign",
      invariant: null,
      path: shown(options.root, path.join(folder, file)),
      row: null,
      detail: `Left alone: ${reason}`,
    },
    mend: null,
  }));
  for (const name of tmps) {
    const file = path.join(folder, name);
    const changed = await changedAt(file);
    // Playlists are the server's own; everything else here is a recorder's.
    const deadBefore = isPlaylist(name) ? options.serverDeadBefore : options.recorderDeadBefore;
    if (changed > 0 && changed < deadBefore) broken.push(leftover(options.root, file, () => removeFile(file)));
  }
  return broken;
}

/** One session's folder; what cannot be read becomes a finding, and the rest goes on. */
async function surveySession(options: SurveyOptions, session: SessionFolder, folder: string, known: boolean): Promise<Broken[]> {
  try {
    return await (known ? surveyKnown(options, folder) : orphan(options, session, folder));
  } catch (error) {
    return [oddPlace(options.root, { kind: "unreadable", path: folder, error })];
  }
}

const sameSession = (a: SessionFolder, b: { readonly roomName: string; readonly userId: string }): boolean =>
  a.roomName === b.roomName && a.userId === b.userId;

/** Everything broken below the buffers' root. */
export async function surveySessions(options: SurveyOptions): Promise<Broken[]> {
  const broken: Broken[] = [];
  const rows = new Map((await options.catalog.sessions.all()).map((row) => [row.id, row]));
  for await (const place of walkSessions(options.root)) {
    if (place.kind === "session") {
      const row = rows.get(place.session.sessionId);
      const known = row !== undefined && sameSession(place.session, row);
      broken.push(...(await surveySession(options, place.session, place.path, known)));
    } else if (place.kind === "foreign" && place.file && place.path.endsWith(TMP)) {
      if ((await changedAt(place.path)) < options.serverDeadBefore)
        broken.push(leftover(options.root, place.path, () => removeFile(place.path)));
    } else if (place.kind !== "owner") {
      broken.push(oddPlace(options.root, place));
    }
  }
  return broken;
}
