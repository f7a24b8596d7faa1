/**
 * Which database a test runs on: SQLite in a file of its own, or a database of its own in a MongoDB that the whole run shares.
 * `REPLAY_TEST_DATABASE=mongodb` chooses MongoDB for every test that leaves it open. No test library is used here: drivers are processes of their own.
 */
import path from "node:path";
import { MongoClient } from "mongodb";
import type { DatabaseConfig } from "../src/config/read.js";

/** What a test may choose. */
export type DatabaseKind = DatabaseConfig["kind"];

/** A place for one catalogue, empty until somebody opens it. */
export interface TestPlace {
  readonly config: DatabaseConfig;
  /** The same as `DATABASE_URL`. */
  readonly url: string;
  /** Drops a database; a file goes with its folder. */
  remove(): Promise<void>;
}

/** What tests run on that do not choose. */
const chosenKind = (): DatabaseKind => (process.env["REPLAY_TEST_DATABASE"] === "mongodb" ? "mongodb" : "sqlite");

/** The configuration that a `DATABASE_URL` stands for, for drivers that get it as an argument. */
export const databaseOf = (url: string): DatabaseConfig =>
  /^mongodb(\+srv)?:/.test(url) ? { kind: "mongodb", url } : { kind: "sqlite", file: url.replace(/^sqlite:/, "") };

/** Where the run's MongoDB is. `shared-mongo.ts` starts it. */
function sharedMongo(): string {
  const url = process.env["REPLAY_TEST_MONGODB"];
  if (url === undefined) throw new Error("There is no MongoDB for the tests: npm test builds what they need");
  return url;
}

async function drop(url: string, name: string): Promise<void> {
  const client = new MongoClient(url);
  try {
    await client.db(name).dropDatabase();
  } finally {
    await client.close();
  }
}

/**
 * The catalogue that belongs to a temporary folder: `data/catalog.db` in it, or the database with its name, so that whoever comes back to the folder comes
 * back to the same catalogue.
 */
export function testDatabase(root: string, kind: DatabaseKind = chosenKind()): TestPlace {
  if (kind === "sqlite") {
    const file = path.join(root, "data", "catalog.db");
    return { config: { kind, file }, url: `sqlite:${file}`, remove: () => Promise.resolve() };
  }
  const server = sharedMongo();
  const name = path.basename(root);
  const url = server.replace(/^([a-z+]+:\/\/[^/?]+)\/?[^?]*/, `$1/${name}`);
  return { config: { kind, url }, url, remove: () => drop(server, name) };
}
