/** The clips' side of a check: each row against its files, each file against its row. */
import path from "node:path";
import { MediaFormatError, readPlaylist } from "@livekit-replay/media";
import type { ClipRow } from "../../catalog/port.js";
import { listFolder, removeFile, syncFolder } from "../files.js";
import { aacName, initName, mp4Name, parseClipFile, PINNED_MOVIE, PINNED_TAIL, pinsName, posterName, TMP } from "../names.js";
import { userPath } from "../paths.js";
import { type PinList, removeFlat } from "../pin.js";
import type { Broken, FindingKind } from "./finding.js";
import { changedAt, leftover, oddPlace, shown } from "./odd.js";
import type { SurveyOptions } from "./options.js";
import { walkOwners } from "./walk.js";

/** The files of one key in an owner's folder. */
interface Files {
  mp4: boolean;
  aac: boolean;
  poster: boolean;
  pins: boolean;
}

/** What lies in an owner's folder. */
interface Owner {
  readonly folder: string;
  readonly userId: string;
  readonly files: ReadonlyMap<string, Files>;
}

/** Whether everything that the playlist names is there. */
function isComplete(list: PinList): boolean {
  const single = [...(list.hasTail ? [PINNED_TAIL] : []), ...(list.hasMovie ? [PINNED_MOVIE] : [])];
  const present = new Set([...list.inits.map(initName), ...list.segments.map(({ file }) => file), ...single]);
  try {
    const { segments } = readPlaylist(list.playlist);
    return segments.length > 0 && segments.every(({ path: file, map }) => present.has(file) && (map === null || present.has(map)));
  } catch {
    return false;
  }
}

/** One remedy or finding about a clip's row. */
class RowCheck {
  private readonly options: SurveyOptions;
  private readonly row: ClipRow;
  private readonly folder: string;

  constructor(options: SurveyOptions, row: ClipRow, folder: string) {
    this.options = options;
    this.row = row;
    this.folder = folder;
  }

  /** A file system that refuses to answer says nothing about the clip. */
  async judge(files: Files | undefined): Promise<Broken[]> {
    try {
      return await this.judgeState(files);
    } catch (error) {
      return [oddPlace(this.options.root, { kind: "unreadable", path: path.join(this.folder, pinsName(this.row.fileKey)), error })];
    }
  }

  private async judgeState(files: Files | undefined): Promise<Broken[]> {
    const { row } = this;
    switch (row.state) {
      case "deleting":
        return [this.broken("unfinished_deletion", "Its deletion did not come to its end", () => this.finish())];
      case "pinned":
        if (files?.pins === true && (await this.pinsComplete())) return [];
        return files?.mp4 === true
          ? [this.broken("row_behind", "Its MP4 is there, its row does not say so", () => this.becomeReady())]
          : [this.gone()];
      case "ready":
        return this.judgeReady(files);
      case "lost":
        return this.judgeLost(files);
    }
  }

  private async judgeReady(files: Files | undefined): Promise<Broken[]> {
    const size = files?.mp4 === true ? await this.mp4Size() : null;
    if (size === this.row.sizeBytes) return [];
    const again =
      files?.pins === true && (await this.pinsComplete())
        ? () => this.become("ready", { state: "pinned", readyAtMs: null, pinsGone: false })
        : null;
    if (size !== null) return [this.broken("size_mismatch", `Its MP4 has ${size} bytes, not ${this.row.sizeBytes}`, again)];
    return again === null ? [this.gone()] : [this.broken("mp4_missing", "Its MP4 is gone, its pins are there", again)];
  }

  private async judgeLost(files: Files | undefined): Promise<Broken[]> {
    const ready = this.row.readyAtMs !== null && files?.mp4 === true && (await this.mp4Size()) === this.row.sizeBytes;
    if (ready)
      return [
        this.broken("files_back", "Its MP4 is there again", () => this.become("lost", { state: "ready", pinsGone: files.pins !== true })),
      ];
    if (files?.pins !== true || !(await this.pinsComplete())) return [];
    return [
      this.broken("files_back", "Its pins are there again", () =>
        this.become("lost", { state: "pinned", readyAtMs: null, pinsGone: false }),
      ),
    ];
  }

  private gone(): Broken {
    return this.broken("files_gone", "Its files are gone", () => this.become(this.row.state, { state: "lost" }));
  }

  private broken(kind: FindingKind, detail: string, mend: (() => Promise<boolean>) | null): Broken {
    const file = kind === "unfinished_deletion" ? null : shown(this.options.root, path.join(this.folder, mp4Name(this.row.fileKey)));
    return { finding: { kind, invariant: kind === "unfinished_deletion" ? 6 : 3, path: file, row: `clips/${this.row.id}`, detail }, mend };
  }

  /** Only when the row is still in the state that was judged. */
  private become(from: ClipRow["state"], change: Parameters<SurveyOptions["catalog"]["clips"]["update"]>[2]): Promise<boolean> {
    return this.options.catalog.clips.update(this.row.id, [from], change);
  }

  private async becomeReady(): Promise<boolean> {
    const size = await this.mp4Size();
    if (size === null) return false;
    await this.options.charges.commit(this.row.userId, this.row.id, size);
    return this.become("pinned", { state: "ready", sizeBytes: size, readyAtMs: this.options.now, pinsGone: true });
  }

  private async finish(): Promise<boolean> {
    await this.options.finishDeletion(this.row);
    return true;
  }

  private async pinsComplete(): Promise<boolean> {
    try {
      const list = await this.options.pins.list({ userId: this.row.userId, key: this.row.fileKey });
      return list !== null && isComplete(list);
    } catch (error) {
      if (error instanceof MediaFormatError) return false;
      throw error;
    }
  }

  private async mp4Size(): Promise<number | null> {
    return (await this.options.clips.sizes({ userId: this.row.userId, key: this.row.fileKey })).mp4;
  }
}

/** Files of an owner's folder by key; unfinished and foreign ones become findings. */
async function readOwner(options: SurveyOptions, folder: string, userId: string, broken: Broken[]): Promise<Owner> {
  const files = new Map<string, Files>();
  for (const entry of await listFolder(folder)) {
    const parsed = parseClipFile(entry.name);
    const at = path.join(folder, entry.name);
    if (parsed.kind === "tmp" && (parsed.key !== null || entry.isFile())) {
      if ((await changedAt(at)) < options.serverDeadBefore)
        broken.push(leftover(options.root, at, entry.isDirectory() ? () => removeFlat(at) : () => removeFile(at)));
    } else if (
      parsed.kind === "tmp" ||
      parsed.kind === "foreign" ||
      (parsed.kind === "pins") !== entry.isDirectory() ||
      (parsed.kind !== "pins" && !entry.isFile())
    ) {
      broken.push(oddPlace(options.root, { kind: "foreign", path: at, file: entry.isFile() }));
    } else {
      const known = files.get(parsed.key) ?? { mp4: false, aac: false, poster: false, pins: false };
      known[parsed.kind] = true;
      files.set(parsed.key, known);
    }
  }
  return { folder, userId, files };
}

/** Files that no row knows. An MP4 may be all that is left of a catalogue that was lost: it is named and never removed, nor is anything beside it. */
async function surveyUnknown(options: SurveyOptions, owner: Owner, known: ReadonlySet<string>): Promise<Broken[]> {
  const broken: Broken[] = [];
  for (const [key, files] of owner.files) {
    if (known.has(`${owner.userId}\n${key}`)) continue;
    const file = (name: string): string => path.join(owner.folder, name);
    const unknown = (kind: FindingKind, name: string, mend: Broken["mend"]): void =>
      void broken.push({
        finding: { kind, invariant: 6, path: shown(options.root, file(name)), row: null, detail: "No clip has these files" },
        mend,
      });
    const old = async (name: string): Promise<boolean> => (await changedAt(file(name))) < options.serverDeadBefore;
    if (files.mp4) unknown("unknown_mp4", mp4Name(key), null);
    else if (files.pins && (await old(pinsName(key)))) unknown("unknown_pins", pinsName(key), () => removePins(options, owner, key));
    if (!files.mp4 && files.aac && (await old(aacName(key))))
      unknown("unknown_aac", aacName(key), () => removeSynced(owner.folder, file(aacName(key))));
    if (!files.mp4 && files.poster && (await old(posterName(key))))
      unknown("unknown_poster", posterName(key), () => removeSynced(owner.folder, file(posterName(key))));
  }
  return broken;
}

async function removePins(options: SurveyOptions, owner: Owner, key: string): Promise<boolean> {
  await options.pins.remove({ userId: owner.userId, key });
  return true;
}

async function removeSynced(folder: string, file: string): Promise<boolean> {
  const removed = await removeFile(file);
  await syncFolder(folder);
  return removed;
}

/** Everything broken below the clips' root, and every row whose files are not as it says. */
export async function surveyClips(options: SurveyOptions, rows: readonly ClipRow[]): Promise<Broken[]> {
  const broken: Broken[] = [];
  const owners = new Map<string, Owner>();
  const unreadable = new Set<string>();
  const known = new Set(rows.map(({ userId, fileKey }) => `${userId}\n${fileKey}`));
  for await (const place of walkOwners(options.root)) {
    if (place.kind === "owner") {
      try {
        const owner = await readOwner(options, place.path, place.userId, broken);
        owners.set(place.userId, owner);
        broken.push(...(await surveyUnknown(options, owner, known)));
      } catch (error) {
        unreadable.add(place.userId);
        broken.push(oddPlace(options.root, { kind: "unreadable", path: place.path, error }));
      }
    } else if (place.kind === "foreign" && place.file && place.path.endsWith(TMP)) {
      if ((await changedAt(place.path)) < options.serverDeadBefore)
        broken.push(leftover(options.root, place.path, () => removeFile(place.path)));
    } else if (place.kind === "unreadable") {
      // Without the clips' root nothing can be said about any row.
      return [...broken, oddPlace(options.root, place)];
    } else if (place.kind === "foreign") {
      broken.push(oddPlace(options.root, place));
    }
  }
  for (const row of rows) {
    if (unreadable.has(row.userId)) continue;
    const owner = owners.get(row.userId);
    broken.push(...(await new RowCheck(options, row, userPath(options.root, row.userId)).judge(owner?.files.get(row.fileKey))));
  }
  return broken;
}
