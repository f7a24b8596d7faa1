/** A row of the audit log in words: what was done, and what changed in it. */
import { auditActionSchema, permissionSchema, type AuditAction, type AuditEntry } from "@livekit-replay/contract";
import type { ReplayText, TextValues } from "@livekit-replay/react";
import type { Names } from "../communities/names.js";
import { permissionWords } from "../communities/permissions.js";
import { audit } from "../texts/audit.js";
import { fieldOf, listOf, numberOf, textOf } from "./read.js";

/** Puts a text into the reader's words. */
export type Say = (text: ReplayText, values?: TextValues) => string;

/** What rows are told with. */
export interface Telling {
  readonly say: Say;
  /** Bytes as people read them. */
  readonly size: (bytes: number) => string;
  readonly names: Names;
}

/** A row in words. */
export interface Told {
  readonly sentence: string;
  /** What changed, a line each. */
  readonly facts: readonly string[];
  readonly failed: boolean;
}

interface Row extends Telling {
  readonly entry: AuditEntry;
  readonly who: string;
  readonly community: string;
}

interface Sentence {
  readonly sentence: string;
  readonly facts?: readonly (string | undefined)[];
}

type Teller = (row: Row) => Sentence;

/** Something with a name is new, has another name, or comes from a community that is gone. */
const put =
  (words: { readonly isNew: ReplayText; readonly name: ReplayText; readonly moved: ReplayText }, field: string): Teller =>
  ({ entry: { from, to, target }, say, who, community }) => {
    const [before, name] = [textOf(from, field, target), textOf(to, field, target)];
    if (from === null) return { sentence: say(words.isNew, { who, name, community }) };
    const values = { who, before, name, community };
    return { sentence: say(fieldOf(from, "communityId") === fieldOf(to, "communityId") ? words.name : words.moved, values) };
  };

const difference = (say: Say, before: readonly string[], after: readonly string[]): readonly (string | undefined)[] => {
  const plus = after.filter((one) => !before.includes(one));
  const minus = before.filter((one) => !after.includes(one));
  return [
    plus.length === 0 ? undefined : say(audit.plus, { list: plus.join(", ") }),
    minus.length === 0 ? undefined : say(audit.minus, { list: minus.join(", ") }),
  ];
};

const permissionsOf = (say: Say, value: unknown): readonly string[] =>
  listOf(value, "permissions").map((name) => {
    const known = permissionSchema.safeParse(name);
    return known.success ? say(permissionWords[known.data].name) : name;
  });

const changed = (from: unknown, to: unknown, field: string): boolean => fieldOf(from, field) !== fieldOf(to, field);

const limits: Teller = ({ entry: { from, to }, say, who, community }) => {
  const number = (value: unknown): string | number => numberOf(value, "maxConcurrent") ?? say(audit.limitsDefault);
  const isOn = (field: string): boolean => fieldOf(to, field) === true;
  return {
    sentence: say(audit.limits, { who, community }),
    facts: [
      changed(from, to, "enabled") ? say(isOn("enabled") ? audit.limitsOn : audit.limitsOff) : undefined,
      changed(from, to, "maxConcurrent") ? say(audit.limitsAtOnce, { before: number(from), value: number(to) }) : undefined,
      changed(from, to, "autoStart") ? say(isOn("autoStart") ? audit.limitsAuto : audit.limitsNotAuto) : undefined,
      changed(from, to, "whoMayCapture") ? say(fieldOf(to, "whoMayCapture") === "owner" ? audit.limitsOwner : audit.limitsRoom) : undefined,
    ],
  };
};

const person: Teller = ({ entry: { from, to, target }, say, who }) => {
  const name = textOf(to, "name", target);
  const isAdmin = fieldOf(to, "admin") === true;
  if (from === null) return { sentence: say(audit.personNew, { who, name }), facts: [isAdmin ? say(audit.personIsAdmin) : undefined] };
  const before = textOf(from, "name", target);
  const renamed = say(audit.personName, { who, before, name });
  if (!changed(from, to, "admin")) return { sentence: renamed };
  const sentence = say(isAdmin ? audit.personAdmin : audit.personNoAdmin, { who, name });
  return { sentence, facts: [before === name ? undefined : renamed] };
};

const quota: Teller = ({ entry: { from, to, target: name }, say, size, who }) => {
  const [before, limit] = [numberOf(from, "limitBytes"), numberOf(to, "limitBytes")];
  return {
    sentence: limit === undefined ? say(audit.quotaDefault, { who, name }) : say(audit.quota, { who, name, limit: size(limit) }),
    facts: [say(audit.quotaBefore, { limit: before === undefined ? say(audit.limitsDefault) : size(before) })],
  };
};

const clip = ({ entry: { from, to, target }, names, who }: Row): Record<"who" | "name" | "title" | "before" | "channel", string> => {
  const before = textOf(from, "title", target);
  return {
    who,
    name: textOf(from, "userId", ""),
    before,
    title: textOf(to, "title", before),
    channel: names.channel(textOf(to, "channelId", "")),
  };
};

/** Every action has its sentence. */
const tellers: Readonly<Record<AuditAction, Teller>> = {
  "community.put": ({ entry: { from, to, target }, say, who }) => {
    const [before, name] = [textOf(from, "name", target), textOf(to, "name", target)];
    return { sentence: say(from === null ? audit.communityNew : audit.communityName, { who, before, name }) };
  },
  "community.remove": ({ entry: { from, target }, say, who }) => ({
    sentence: say(audit.communityGone, { who, name: textOf(from, "name", target) }),
    facts: [
      say(audit.communityGoneWhat, {
        rooms: listOf(from, "rooms").length,
        channels: listOf(from, "channels").length,
        running: numberOf(from, "running") ?? 0,
      }),
    ],
  }),
  "community_config.edit": limits,
  "room.put": put({ isNew: audit.roomNew, name: audit.roomName, moved: audit.roomMoved }, "title"),
  "room.remove": ({ entry: { from, target }, say, who }) => ({
    sentence: say(audit.roomGone, { who, name: textOf(from, "title", target) }),
    facts: [say(audit.roomGoneWhat, { running: numberOf(from, "running") ?? 0 })],
  }),
  "channel.put": put({ isNew: audit.channelNew, name: audit.channelName, moved: audit.channelMoved }, "name"),
  "channel.remove": ({ entry: { from, target }, say, who }) => ({
    sentence: say(audit.channelGone, { who, name: textOf(from, "name", target) }),
    facts: [say(audit.channelGoneWhat, { posts: numberOf(from, "posts") ?? 0 })],
  }),
  "role.put": ({ entry: { from, to, target: name }, say, who, community }) => ({
    sentence: say(from === null ? audit.roleNew : audit.roleSet, { who, name, community }),
    facts: difference(say, permissionsOf(say, from), permissionsOf(say, to)),
  }),
  "role.remove": ({ entry: { from, target: name }, say, who, community }) => ({
    sentence: say(audit.roleGone, { who, name, community }),
    facts: difference(say, permissionsOf(say, from), []),
  }),
  "member.put": ({ entry: { from, to, target: name }, say, who, community }) => ({
    sentence: say(from === null ? audit.memberNew : audit.memberSet, { who, name, community }),
    facts: difference(say, listOf(from, "roles"), listOf(to, "roles")),
  }),
  "member.remove": ({ entry: { from, target: name }, say, who, community }) => ({
    sentence: say(audit.memberGone, { who, name, community }),
    facts: difference(say, listOf(from, "roles"), []),
  }),
  "person.put": person,
  "user.remove": ({ entry: { from, target }, say, size, who }) => ({
    sentence: say(audit.userGone, { who, name: textOf(from, "name", target) }),
    facts: [
      say(audit.userGoneWhat, {
        clips: numberOf(from, "clips") ?? 0,
        size: size(numberOf(from, "usedBytes") ?? 0),
        sessions: numberOf(from, "sessions") ?? 0,
        communities: listOf(from, "communities").length,
      }),
    ],
  }),
  "user_quota.edit": quota,
  "session.stop": ({ entry: { from, target }, say, names, who }) => ({
    sentence: say(audit.sessionStop, { who, name: textOf(from, "userId", target), room: names.room(textOf(from, "roomName", "")) }),
  }),
  "clip.edit": (row) => ({ sentence: row.say(audit.clipTitle, clip(row)) }),
  "clip.remove": (row) => ({ sentence: row.say(audit.clipGone, clip(row)) }),
  "clip.share": (row) => ({ sentence: row.say(audit.clipShared, clip(row)) }),
  "post.remove": ({ entry: { from }, say, names, who }) => ({
    sentence: say(audit.postGone, { who, name: textOf(from, "userId", ""), channel: names.channel(textOf(from, "channelId", "")) }),
  }),
  "store.repair": ({ say, who }) => ({ sentence: say(audit.store, { who }) }),
};

const FAILED = ".failed";

/** Tells a row; one of an action that this page does not know is told with its name. */
export const tell = (entry: AuditEntry, telling: Telling): Told => {
  const { say, names } = telling;
  const failed = entry.action.endsWith(FAILED);
  const name = failed ? entry.action.slice(0, -FAILED.length) : entry.action;
  const who = entry.actor.name;
  const action = auditActionSchema.safeParse(name);
  const community = entry.communityId === null ? "" : names.community(entry.communityId);
  const { sentence, facts = [] }: Sentence = action.success
    ? tellers[action.data]({ ...telling, entry, who, community })
    : { sentence: say(audit.other, { who, action: name, target: entry.target }) };
  const lines = facts.filter((fact) => fact !== undefined);
  if (!failed) return { sentence, facts: lines, failed };
  return { sentence: say(audit.failed, { sentence }), facts: [say(audit.failedWhat), ...lines], failed };
};
