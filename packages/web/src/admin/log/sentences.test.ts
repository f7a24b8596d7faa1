/** Every change of the audit log is told in a sentence, with the names that are known, whatever a row has in it. */
import { auditActionSchema, type AuditEntry } from "@livekit-replay/contract";
import { describe, expect, test } from "vitest";
import { namesOf } from "../communities/names.js";
import { tell, type Told } from "./sentences.js";

const names = namesOf({
  communities: [
    {
      id: "games",
      name: "Games",
      permissions: [],
      rooms: [{ roomName: "arena", title: "Arena" }],
      channels: [{ id: "best", name: "Best of" }],
    },
  ],
});

const told = (change: Partial<AuditEntry> & { readonly action: string }): Told =>
  tell(
    {
      id: "AAAAAAAAAAAAAAAAAAAAAA",
      atMs: 1,
      actor: { userId: "alice", name: "Alice" },
      communityId: "games",
      target: "x",
      from: null,
      to: null,
      ...change,
    },
    {
      say: ({ message }, values = {}) => message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)),
      size: (bytes) => `${bytes / 1e9} GB`,
      names,
    },
  );

describe("every action", () => {
  test.each(auditActionSchema.options)("%s has a sentence of its own, that leaves no placeholder open and shows no JSON", (action) => {
    for (const value of [null, {}, [], "text", 7, { name: 1, roles: "no", permissions: [null], communityId: {} }]) {
      const { sentence, facts } = told({ action, from: value, to: value });
      expect(sentence).toMatch(/^Alice /);
      expect(sentence).not.toContain(action);
      for (const line of [sentence, ...facts]) expect(line).not.toMatch(/[{}[\]]|undefined|null|NaN/);
    }
  });

  test("no two of them say the same", () => {
    const all = auditActionSchema.options.map((action) => told({ action }).sentence);
    expect(new Set(all).size).toBe(all.length);
  });
});

test.each<[string, Partial<AuditEntry> & { action: string }, string, string[]]>([
  [
    "a room that is new",
    { action: "room.put", target: "arena", to: { roomName: "arena", title: "Arena", communityId: "games" } },
    "Alice added the room “Arena” to Games",
    [],
  ],
  [
    "a channel with another name",
    { action: "channel.put", from: { name: "best", communityId: "games" }, to: { name: "Best of", communityId: "games" } },
    "Alice renamed the channel #best to #Best of",
    [],
  ],
  [
    "a room of a community that is gone",
    { action: "room.put", from: { title: "Arena", communityId: "old" }, to: { title: "Arena", communityId: "games" } },
    "Alice took the room “Arena” over into Games",
    [],
  ],
  [
    "a role that may something else",
    {
      action: "role.put",
      target: "player",
      from: { permissions: ["VIEW_CHANNEL", "CAPTURE_REPLAY"] },
      to: { permissions: ["VIEW_CHANNEL", "MANAGE_REPLAY_LIMITS"] },
    },
    "Alice changed what the role “player” may do in Games",
    ["Now: Look after replay", "No longer: Capture"],
  ],
  [
    "limits",
    {
      action: "community_config.edit",
      from: { enabled: true, maxConcurrent: null, autoStart: false, whoMayCapture: "room" },
      to: { enabled: false, maxConcurrent: 3, autoStart: true, whoMayCapture: "owner" },
    },
    "Alice changed the limits of Games",
    [
      "Replay is switched off",
      "Sessions at once: the server’s default → 3",
      "Every share starts a buffer by itself",
      "Only who shares may capture",
    ],
  ],
  [
    "a limit that is the default again",
    { action: "user_quota.edit", target: "bob", from: { limitBytes: 7e9 }, to: { limitBytes: null } },
    "Alice set the limit of bob back to the server’s default",
    ["Before: 7 GB"],
  ],
  [
    "a session that was stopped",
    { action: "session.stop", from: { state: "active", userId: "bob", roomName: "arena" }, to: { state: "ended" } },
    "Alice stopped the session of bob in Arena",
    [],
  ],
  [
    "somebody who became an instance admin",
    { action: "person.put", from: { name: "Bob", admin: false }, to: { name: "Bob", admin: true } },
    "Alice made Bob an instance admin",
    [],
  ],
  [
    "a user who is gone",
    {
      action: "user.remove",
      target: "bob",
      from: { name: "Bob", admin: false, communities: ["games"], sessions: 1, clips: 2, usedBytes: 3e6 },
    },
    "Alice removed the user Bob, with everything of theirs",
    ["Clips: 2 (0.003 GB), sessions: 1, communities: 1"],
  ],
  [
    "a clip in a channel",
    { action: "clip.share", from: { userId: "bob", title: "Goal" }, to: { channelId: "best" } },
    "Alice posted the clip “Goal” of bob in #Best of",
    [],
  ],
])("%s", (_, change, sentence, facts) => {
  expect(told(change)).toEqual({ sentence, facts, failed: false });
});

test("a change that failed says so, and what it was", () => {
  const { sentence, facts, failed } = told({ action: "store.repair.failed", communityId: null });
  expect({ sentence, failed, lines: facts.length }).toEqual({ sentence: "Failed: Alice had the store repaired", failed: true, lines: 1 });
});

test("an action of a later server is told by its name", () => {
  expect(told({ action: "moon.paint", target: "moon" }).sentence).toBe("Alice: moon.paint, moon");
});
