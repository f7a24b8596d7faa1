/**
 * One collection: how rows become documents and come back. Every row is one document, `_id` is its key, and a field that is null is not there at all, so
 * that sparse unique indexes hold only what has a value. Every operation touches one document, or many of which each may be done again.
 */
import type { Collection, Filter, Sort, UpdateFilter } from "mongodb";
import { offsetOf } from "../pages.js";
import { translated, uniqueViolation } from "./errors.js";
import type { MongoLink } from "./link.js";

/** Where the documents of a kind are kept. */
export interface Kept {
  readonly link: MongoLink;
  /** Of the collection. */
  readonly name: string;
}

/** A document as it is kept. */
export type Stored = { readonly _id: string } & Readonly<Record<string, unknown>>;

type Match =
  | { readonly $in: readonly (string | number)[] }
  | { readonly $ne: string }
  | { readonly $lt: number }
  | { readonly $lte: number }
  | { readonly $gte: number; readonly $lt: number }
  | { readonly $regex: string };

/** Which documents: a field's value, null where it must have none, or an operator of ours. Values are never objects that came from outside. */
export type Where<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | Match | null } & {
  readonly _id?: string | Match;
  readonly $or?: readonly Where<Fields>[];
};

/** In which order; the first name decides. */
export type Order<Fields> = { readonly [Name in keyof Fields | "_id"]?: 1 | -1 };

/** What to change: null takes a field away. */
export type Change<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | null };

/** Which fields a row has, and which of them names it. */
export interface Shape<Row> {
  readonly fields: Readonly<Record<keyof Row, true>>;
  readonly key: (row: Row) => string;
}

/** A key of several parts, unambiguous. */
export const keyOf = (...parts: readonly (string | number)[]): string => JSON.stringify(parts);

const PUT_TRIES = 3;

/** A collection of rows; `Extra` is what documents have beside the row's fields. */
export class Documents<Row extends object, Extra extends object = object> {
  private readonly kept: Kept;
  private readonly names: readonly string[];
  private readonly key: (row: Row) => string;

  constructor(kept: Kept, { fields, key }: Shape<Row>) {
    this.kept = kept;
    this.names = Object.keys(fields);
    this.key = key;
  }

  /** False when a unique index refuses it. */
  async insert(row: Row & Extra): Promise<boolean> {
    try {
      await this.sent((collection) => collection.insertOne(this.stored(row)));
      return true;
    } catch (error) {
      if (uniqueViolation(error)) return false;
      throw translated(error);
    }
  }

  /** Writes the whole row, new or not. */
  async put(row: Row & Extra): Promise<void> {
    const document = this.stored(row);
    // Two that write a new row at once: the second is refused, and finds it when it tries again.
    for (let n = 1; ; n += 1)
      try {
        await this.sent((collection) => collection.replaceOne({ _id: document._id }, document, { upsert: true }));
        return;
      } catch (error) {
        if (!uniqueViolation(error) || n === PUT_TRIES) throw translated(error);
      }
  }

  find(id: string): Promise<Row | null> {
    return this.first({ _id: id } as Where<Row & Extra>);
  }

  /** The first in an order. */
  async first(where: Where<Row & Extra>, order: Order<Row & Extra> = {}): Promise<Row | null> {
    const found = await this.asked((collection) => collection.findOne(filter(where), { sort: sort(order) }));
    return found === null ? null : this.row(found);
  }

  async list(where: Where<Row & Extra>, order: Order<Row & Extra>): Promise<Row[]> {
    const found = await this.asked((collection) => collection.find(filter(where), { sort: sort(order) }).toArray());
    return found.map((document) => this.row(document));
  }

  /** A page, counted from 1, and how many there are in all. */
  async page(
    where: Where<Row & Extra>,
    order: Order<Row & Extra>,
    page: number,
    pageSize: number,
  ): Promise<{ rows: Row[]; total: number }> {
    const options = { sort: sort(order), skip: offsetOf(page, pageSize), limit: pageSize };
    const found = await this.asked((collection) => collection.find(filter(where), options).toArray());
    return { rows: found.map((document) => this.row(document)), total: await this.count(where) };
  }

  count(where: Where<Row & Extra>): Promise<number> {
    return this.asked((collection) => collection.countDocuments(filter(where)));
  }

  /** Changes the one document that fits, in one step. False when none does, or a unique index refuses. */
  async change(where: Where<Row & Extra>, change: Change<Row & Extra>): Promise<boolean> {
    try {
      const { matchedCount } = await this.sent((collection) => collection.updateOne(filter(where), update(change)));
      return matchedCount > 0;
    } catch (error) {
      if (uniqueViolation(error)) return false;
      throw translated(error);
    }
  }

  /** Changes every document that fits, one after the other. */
  async changeAll(where: Where<Row & Extra>, change: Change<Row & Extra>): Promise<void> {
    await this.asked((collection) => collection.updateMany(filter(where), update(change)));
  }

  /** Whether it was there. */
  async removeOne(id: string): Promise<boolean> {
    return (await this.asked((collection) => collection.deleteOne({ _id: id }))).deletedCount > 0;
  }

  /** Removes every document that fits; answers how many. */
  async remove(where: Where<Row & Extra>): Promise<number> {
    return (await this.asked((collection) => collection.deleteMany(filter(where)))).deletedCount;
  }

  /** Each value that a field has, once. */
  async values(name: keyof Row & string): Promise<string[]> {
    const groups = await this.asked((collection) =>
      collection.aggregate<{ _id: string }>([{ $group: { _id: `$${name}` } }, { $sort: { _id: 1 } }]).toArray(),
    );
    return groups.map(({ _id }) => _id);
  }

  private sent<T>(command: (collection: Collection<Stored>) => Promise<T>): Promise<T> {
    const { link, name } = this.kept;
    return link.send((database) => command(database.collection(name)));
  }

  private async asked<T>(command: (collection: Collection<Stored>) => Promise<T>): Promise<T> {
    try {
      return await this.sent(command);
    } catch (error) {
      throw translated(error);
    }
  }

  private stored(row: Row & Extra): Stored {
    const present = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
    return { ...Object.fromEntries(present), _id: this.key(row) };
  }

  private row(document: Stored): Row {
    // Documents are written by this class only: it has the fields of the row, and null where there is none.
    return Object.fromEntries(this.names.map((name) => [name, document[name] ?? null])) as Row;
  }
}

// The driver's own types know fields of documents, not of rows: what is written here is narrower than they are.
const filter = (where: object): Filter<Stored> => where;
const sort = (order: object): Sort => ({ ...order });

function update(change: object): UpdateFilter<Stored> {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const kept = given.filter(([, value]) => value !== null);
  const gone = given.filter(([, value]) => value === null);
  return {
    ...(kept.length > 0 ? { $set: Object.fromEntries(kept) } : {}),
    ...(gone.length > 0 ? { $unset: Object.fromEntries(gone.map(([name]): [string, ""] => [name, ""])) } : {}),
  };
}
