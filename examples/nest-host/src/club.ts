/** What this chat application is about: a club with people, ranks, a room to meet in and channels to write in. All of it in memory. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { Injectable } from "@nestjs/common";

/** A person of this application. */
export interface ClubPerson {
  readonly id: string;
  readonly name: string;
  /** Null: has an account, and is not in the club. */
  readonly rank: "member" | "guest" | null;
  /** Runs the place. */
  readonly warden: boolean;
  readonly password: string;
}

const newPassword = (): string => randomBytes(9).toString("base64url");

const people: readonly ClubPerson[] = [
  { id: "ada", name: "Ada", rank: "member", warden: false, password: newPassword() },
  { id: "ben", name: "Ben", rank: "member", warden: false, password: newPassword() },
  { id: "cleo", name: "Cleo", rank: "guest", warden: false, password: newPassword() },
  { id: "dora", name: "Dora", rank: "member", warden: false, password: newPassword() },
  { id: "eve", name: "Eve", rank: null, warden: false, password: newPassword() },
  { id: "walt", name: "Walt", rank: null, warden: true, password: newPassword() },
];

/** Answers who is who. The ranks can change while the application runs. */
@Injectable()
export class Club {
  readonly id = "chess";
  readonly name = "Chess club";
  readonly rooms = [{ name: "table-1", title: "Table 1" }] as const;
  readonly channels = [{ id: "games", name: "games" }] as const;
  readonly #people = new Map(people.map((person) => [person.id, person]));

  person(id: string): ClubPerson | null {
    return this.#people.get(id) ?? null;
  }

  /** For the start of the example, which has no way to sign up. */
  get people(): readonly ClubPerson[] {
    return [...this.#people.values()];
  }

  setRank(id: string, rank: ClubPerson["rank"]): void {
    const person = this.#people.get(id);
    if (person) this.#people.set(id, { ...person, rank });
  }

  /** The person, when the password is theirs. */
  signIn(id: string, password: string): ClubPerson | null {
    const person = this.person(id);
    if (person?.password.length !== password.length) return null;
    return timingSafeEqual(Buffer.from(person.password), Buffer.from(password)) ? person : null;
  }
}
