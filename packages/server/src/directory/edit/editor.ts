/** Writes the built-in directory: idempotent, so that a host can mirror its own. What changes nothing is written nowhere; what does, is in the audit log first. */
import { isDeepStrictEqual } from "node:util";
import { type EntriesQuery, type PutPerson, ReplayError } from "@livekit-replay/contract";
import type { Actor, AuditLog } from "../../audit/log.js";
import type { DirectoryRows } from "../../catalog/port.js";
import { type Page, pageOf } from "../../platform/page.js";
import { Serial } from "../../platform/serial.js";
import { type EntryKind, type EntryPlace, type EntryWhat, personKind } from "./kinds.js";

/** Lists, finds and writes entries. Every method throws `directory_of_host` where the host application owns the directory. */
export class DirectoryEditor {
  readonly #rows: DirectoryRows | null;
  readonly #audit: AuditLog;
  readonly #serial = new Serial();

  /** @param rows null: the directory is not the built-in one */
  constructor(rows: DirectoryRows | null, audit: AuditLog) {
    this.#rows = rows;
    this.#audit = audit;
  }

  /** A page of a kind's entries, by name; those that `q` is a part of. @throws ReplayError `community_not_found` */
  async list<Entry extends object>(kind: EntryKind<Entry>, communityId: string | null, query: EntriesQuery): Promise<Page<Entry>> {
    const rows = this.#own();
    await this.#checkCommunity(rows, communityId);
    const all = await kind.list(rows, communityId);
    const wanted = query.q?.toLowerCase() ?? "";
    return pageOf(
      wanted === "" ? all : all.filter((entry) => kind.words(entry).some((word) => word.toLowerCase().includes(wanted))),
      query,
    );
  }

  /** One entry. @throws ReplayError `…_not_found`, also where it is in another community */
  async find<Entry extends object>(kind: EntryKind<Entry>, place: EntryPlace): Promise<Entry> {
    const entry = await kind.find(this.#own(), place);
    if (!entry || kind.placeOf(entry).communityId !== place.communityId) throw new ReplayError(kind.notFound);
    return entry;
  }

  /**
   * Writes a whole entry, new or not. Answers it.
   * @throws ReplayError `community_not_found`; `belongs_elsewhere` for a room or channel of another community
   */
  put<Entry extends object>(actor: Actor, kind: EntryKind<Entry>, entry: Entry): Promise<Entry> {
    return this.#change(actor, kind, kind.placeOf(entry), () => entry);
  }

  /** Writes a person; their admin flag stays as it is when it is left out. */
  putPerson(actor: Actor, userId: string, { name, admin }: PutPerson): Promise<{ userId: string; name: string; admin: boolean }> {
    return this.#change(actor, personKind, { communityId: null, id: userId }, (before) => ({
      userId,
      name,
      admin: admin ?? before?.admin ?? false,
    }));
  }

  /** Removes an entry that nothing hangs on. @throws ReplayError `…_not_found` */
  async remove<Entry extends object>(
    actor: Actor,
    kind: EntryKind<Entry, "role" | "member">,
    place: EntryPlace,
    remove: (rows: DirectoryRows) => Promise<boolean>,
  ): Promise<void> {
    const rows = this.#own();
    await this.#serial.run(keyOf(kind, place), async () => {
      const from = await this.find(kind, place);
      await this.#audit.change(actor, { ...namesOf(kind, place), action: `${kind.what}.remove`, from, to: null }, () => remove(rows));
    });
  }

  async #change<Entry extends object>(
    actor: Actor,
    kind: EntryKind<Entry>,
    place: EntryPlace,
    make: (before: Entry | null) => Entry,
  ): Promise<Entry> {
    const rows = this.#own();
    return this.#serial.run(keyOf(kind, place), async () => {
      await this.#checkCommunity(rows, place.communityId);
      const from = await kind.find(rows, place);
      const old = from && kind.placeOf(from).communityId;
      // What a community left that is gone belongs to nobody.
      if (old !== null && old !== place.communityId && (await rows.community(old))) throw new ReplayError("belongs_elsewhere");
      const to = make(from);
      // Spread: a row of a database may have another prototype.
      if (isDeepStrictEqual(from && { ...from }, to)) return to;
      await this.#audit.change(actor, { ...namesOf(kind, place), action: `${kind.what}.put`, from, to }, () => kind.put(rows, to));
      return to;
    });
  }

  async #checkCommunity(rows: DirectoryRows, communityId: string | null): Promise<void> {
    if (communityId !== null && !(await rows.community(communityId))) throw new ReplayError("community_not_found");
  }

  #own(): DirectoryRows {
    if (!this.#rows) throw new ReplayError("directory_of_host");
    return this.#rows;
  }
}

/** Rooms and channels are one name space: who would move one races with who puts it where it is. */
const keyOf = ({ what }: { what: EntryWhat }, { communityId, id }: EntryPlace): string =>
  what === "room" || what === "channel" ? `${what}:${id}` : `${what}:${communityId ?? ""}:${id}`;

/** A community is found in the log under its own id. */
const namesOf = ({ what }: { what: EntryWhat }, { communityId, id }: EntryPlace): { communityId: string | null; target: string } => ({
  communityId: what === "community" ? id : communityId,
  target: id,
});
