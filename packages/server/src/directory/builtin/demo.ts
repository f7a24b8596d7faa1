/** The demo community: rooms, channels and three people, so that a first look needs no set-up. */
import type { DemoPerson, Permission } from "@livekit-replay/contract";
import type { DirectoryRows } from "../../catalog/port.js";

const communityId = "demo";

const rooms = [
  { roomName: "lobby", title: "Lobby" },
  { roomName: "studio", title: "Studio" },
] as const;

const channels = [
  { id: "general", name: "general" },
  { id: "clips", name: "clips" },
] as const;

const roles: Readonly<Record<string, readonly Permission[]>> = {
  member: ["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY", "VIEW_CHANNEL", "SEND_MESSAGES"],
  guest: ["VIEW_CHANNEL"],
};

const people = [
  { userId: "alice", name: "Alice", admin: true, role: "member", description: "Instance admin: may everything" },
  { userId: "bob", name: "Bob", admin: false, role: "member", description: "Member: shares, captures, posts to channels" },
  { userId: "carol", name: "Carol", admin: false, role: "guest", description: "Guest: sees who records and the channels' clips" },
] as const;

/** The person whose token is printed at the start. */
export const firstDemoPerson = "alice";

/** Who can be signed in as. */
export const demoPeople: readonly DemoPerson[] = people.map(({ userId, name, description }) => ({ userId, name, description }));

/** Puts the demo community into the directory. Idempotent. */
export async function seedDemo(rows: DirectoryRows): Promise<void> {
  await rows.putCommunity({ id: communityId, name: "Demo" });
  for (const [role, permissions] of Object.entries(roles)) await rows.putRole({ communityId, role, permissions });
  for (const room of rooms) await rows.putRoom({ ...room, communityId });
  for (const channel of channels) await rows.putChannel({ ...channel, communityId });
  for (const { userId, name, admin, role, description } of people) {
    await rows.putPerson({ userId, name, admin, description });
    await rows.putMember({ communityId, userId, roles: [role] });
  }
}
