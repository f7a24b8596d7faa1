/** A library of thousands: rows and files like those of clips that were really kept, whose files they share (hard links). */
import { randomBytes } from "node:crypto";
import { link } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Where, whose and how many. */
export interface ManyClipsOptions {
  /** The server's folder, as `ServerProcess` was started with. */
  readonly folder: string;
  /** Has ready clips already: the new ones are like these. */
  readonly userId: string;
  readonly count: number;
  /** Default: all different. */
  readonly titleOf?: (index: number) => string;
}

type Row = Record<string, string | number | null>;

const APART_MS = 11 * 60_000;
const WORDS = ["Standup", "Build broke", "Boss fight", "Demo for the board", "Incident review", "Speed run", "Bug, live", "Design crit"];

const keyOf = (atMs: number): string => new Date(atMs).toISOString().replaceAll(/[:.]/g, "-");

const insert = (database: DatabaseSync, table: string, row: Row): void => {
  const names = Object.keys(row);
  const sql = `insert into "${table}" (${names.map((name) => `"${name}"`).join(", ")}) values (${names.map(() => "?").join(", ")})`;
  database.prepare(sql).run(...Object.values(row));
};

const ignoreMissing = (error: unknown): void => {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOENT") throw error;
};

/** Makes them, each older than the one before; the server may run. */
export const makeManyClips = async ({ folder, userId, count, titleOf }: ManyClipsOptions): Promise<void> => {
  const database = new DatabaseSync(join(folder, "catalog.db"), { timeout: 10_000 });
  try {
    const models = database.prepare(`select * from clips where "userId" = ? and state = 'ready'`).all(userId) as Row[];
    const [first] = models;
    if (first === undefined) throw new Error(`${userId} has no ready clip`);
    const balance = database.prepare(`select * from "quotaEntries" where "userId" = ? order by seq desc limit 1`).get(userId) as Row;
    const clips = join(folder, "replays", userId);
    database.exec("begin immediate");
    for (let index = 0; index < count; index += 1) {
      const model = models[index % models.length] ?? first;
      const createdAtMs = Number(first["createdAtMs"]) - (index + 1) * APART_MS;
      const [id, fileKey] = [randomBytes(16).toString("base64url"), keyOf(createdAtMs)];
      const title = titleOf?.(index) ?? `${WORDS[index % WORDS.length] ?? ""} ${index + 1}`;
      const change = { id, fileKey, title, foldedTitle: title.toLowerCase(), createdAtMs, idempotencyKey: null, pinsGone: 1 };
      insert(database, "clips", { ...model, ...change });
      const of = (key: string, ending: string): string => join(clips, `${key}.${ending}`);
      await link(of(String(model["fileKey"]), "mp4"), of(fileKey, "mp4"));
      // The server makes a picture that is not there when it is asked for.
      await link(of(String(model["fileKey"]), "jpg"), of(fileKey, "jpg")).catch(ignoreMissing);
      const sizeBytes = Number(model["sizeBytes"]);
      balance["seq"] = Number(balance["seq"]) + 1;
      balance["usedBytes"] = Number(balance["usedBytes"]) + sizeBytes;
      insert(database, "quotaEntries", { ...balance, kind: "commit", clipId: id, clipBytes: sizeBytes });
    }
    database.exec("commit");
  } finally {
    database.close();
  }
};
