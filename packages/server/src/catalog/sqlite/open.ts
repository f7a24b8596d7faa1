/**
 * The one file that knows `node:sqlite`: a Kysely dialect over one connection. Transactions begin `immediate` (a deferred one that reads first and writes
 * then fails with "locked" when another process wrote meanwhile), statements are kept, and whoever has the connection has it alone.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { ReplayError } from "@livekit-replay/contract";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

/** How long a statement waits for another process's transaction, in ms. */
const BUSY_TIMEOUT_MS = 10_000;
/** Statements kept per connection; the catalogue has fewer kinds. */
const MAX_STATEMENTS = 200;

/** SQLite's code of a full disk. */
const FULL = 13;
/** SQLite's extended result codes for a value that is there already: of a unique index, of a primary key. */
const CONSTRAINT_UNIQUE = 2067;
const CONSTRAINT_PRIMARY_KEY = 1555;

/** SQLite's code of an error; null when it is none of SQLite's. */
const sqliteCode = (error: unknown): number | null =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : null;

/** Which columns (`table.column`) of a unique index refused a row; null for every other error. */
export function uniqueViolation(error: unknown): readonly string[] | null {
  const code = sqliteCode(error);
  if (!(error instanceof Error) || (code !== CONSTRAINT_UNIQUE && code !== CONSTRAINT_PRIMARY_KEY)) return null;
  return error.message.slice(error.message.indexOf(": ") + 2).split(", ");
}

/** Values that SQLite can bind. */
type Bindable = string | number | bigint | null | Uint8Array;

const bindable = (value: unknown): Bindable => {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "bigint" || value instanceof Uint8Array)
    return value;
  throw new TypeError(`a ${typeof value} cannot be kept in a column`);
};

class Connection implements DatabaseConnection {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return this.run(query);
    } catch (error) {
      throw sqliteCode(error) === FULL ? new ReplayError("disk_full", { cause: error }) : error;
    }
  }

  private run<R>(query: CompiledQuery): QueryResult<R> {
    const statement = this.prepare(query.sql);
    const parameters = query.parameters.map(bindable);
    // Kysely knows the shape of the rows, node:sqlite does not.
    if (statement.columns().length > 0) return { rows: statement.all(...parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  // oxlint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError("streamQuery: rows of the catalogue are read page by page");
  }

  private prepare(sql: string): StatementSync {
    const kept = this.statements.get(sql);
    if (kept !== undefined) {
      // Last used, last in the map: the first one is the one to go.
      this.statements.delete(sql);
      this.statements.set(sql, kept);
      return kept;
    }
    const statement = this.database.prepare(sql);
    this.statements.set(sql, statement);
    if (this.statements.size > MAX_STATEMENTS) this.statements.delete(this.statements.keys().next().value ?? "");
    return statement;
  }
}

class NodeSqliteDriver implements Driver {
  private readonly file: string;
  private database: DatabaseSync | null = null;
  private connection: Connection | null = null;
  private turn: Promise<void> = Promise.resolve();
  private release: () => void = () => {};

  constructor(file: string) {
    this.file = file;
  }

  async init(): Promise<void> {
    this.database = new DatabaseSync(this.file, { timeout: BUSY_TIMEOUT_MS });
    this.database.exec("pragma journal_mode = wal");
    this.database.exec("pragma synchronous = full");
    this.connection = new Connection(this.database);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.turn;
    const mine = Promise.withResolvers<void>();
    this.turn = mine.promise;
    await before;
    this.release = mine.resolve;
    if (this.connection === null) {
      mine.resolve();
      throw new Error("the catalogue is closed");
    }
    return this.connection;
  }

  async releaseConnection(): Promise<void> {
    this.release();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async destroy(): Promise<void> {
    await this.turn;
    this.connection = null;
    this.database?.close();
    this.database = null;
  }
}

/** Tables are made inside the migration's transaction, so that processes that start together make them once. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * A Kysely dialect over one SQLite file.
 * @param file path; its folder must exist.
 */
export const sqliteDialect = (file: string): Dialect => ({
  createDriver: () => new NodeSqliteDriver(file),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new Adapter(),
  createIntrospector: (database) => new SqliteIntrospector(database),
});
