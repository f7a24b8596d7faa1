/** With `DIRECTORY=host` the directory is the host's to change; what it announces as removed goes here. */
import { ReplayClient } from "@livekit-replay/client";
import { loadFilm, SMALL_FILM, WhipPublisher } from "@livekit-replay/peers";
import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Harness, startHarness } from "./harness.js";
import { HostPeer, json } from "./host-peer.js";

const secret = "a secret of at least 32 characters, for tests";
const jwtSecret = "another secret of at least 32 characters, for tests";

let peer: HostPeer;
let harness: Harness;
let ada: ReplayClient;
/** The host's own admin. */
let root: ReplayClient;

const tokenOf = (sub: string): Promise<string> =>
  new SignJWT({ exp: Math.floor(Date.now() / 1000) + 600 })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .sign(new TextEncoder().encode(jwtSecret));

beforeAll(async () => {
  peer = await HostPeer.start(secret);
  const chess = { id: "chess", name: "Chess" };
  const permissions = ["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY", "VIEW_CHANNEL", "SEND_MESSAGES"];
  peer.answers.set("/person ada", { userId: "ada", name: "Ada" });
  peer.answers.set("/person root", { userId: "root", name: "Root", admin: true });
  peer.answers.set("/permissions chess ada", { permissions });
  peer.answers.set("/room table-1", { roomName: "table-1", community: chess });
  peer.answers.set("/channel games", { id: "games", name: "games", communityId: "chess" });
  const [rooms, channels] = [[{ roomName: "table-1", title: "Table 1" }], [{ id: "games", name: "games" }]];
  peer.answers.set("/community chess", { ...chess, rooms, channels });
  for (const path of ["/posts", "/posts/removed", "/clips/deleted"]) peer.answers.set(path, json(204, undefined));
  harness = await startHarness({ env: { DIRECTORY: "host", HOST_URL: peer.url, HOST_SECRET: secret, JWT_SECRET: jwtSecret } });
  const clientOf = (person: string): ReplayClient => new ReplayClient({ baseUrl: harness.api, getToken: () => tokenOf(person) });
  [ada, root] = [clientOf("ada"), clientOf("root")];
});
afterAll(async () => {
  await harness.close();
  await peer.close();
});

test("the directory is not written here", async () => {
  const refused = { code: "directory_of_host", status: 409 };
  await expect(root.directory.communities.list()).rejects.toMatchObject(refused);
  await expect(root.directory.communities.put("go", { name: "Go" })).rejects.toMatchObject(refused);
  await expect(root.directory.members("chess").remove("ada")).rejects.toMatchObject(refused);
  await expect(root.directory.people.remove("ada")).rejects.toMatchObject(refused);
  await expect(ada.directory.people.list()).rejects.toMatchObject({ code: "permission_denied" });
});

test("a user who is removed at the host, and then here, has no rights left of the answers before", async () => {
  const [person, permissions] = [peer.answers.get("/person ada"), peer.answers.get("/permissions chess ada")];
  expect((await harness.ask(null, "GET", "/status/table-1", { headers: { authorization: `Bearer ${await tokenOf("ada")}` } })).status).toBe(
    200,
  );
  peer.answers.delete("/person ada");
  peer.answers.delete("/permissions chess ada");
  await root.admin.removeUser("ada");
  const url = `${harness.api}/whip/table-1`;
  await expect(WhipPublisher.publish({ film: await loadFilm(SMALL_FILM), url, token: await tokenOf("ada") })).rejects.toThrow("404");
  // Somebody of the same name has come back.
  peer.answers.set("/person ada", person ?? {});
  peer.answers.set("/permissions chess ada", permissions ?? {});
  await root.admin.removeUser("ada");
});

test("what the host announces as removed is gone: a channel's posts, a community's sessions, a user's clips", async () => {
  const publish = async (): Promise<WhipPublisher> =>
    WhipPublisher.publish({ film: await loadFilm(SMALL_FILM), url: `${harness.api}/whip/table-1`, token: await tokenOf("ada") });
  const recorded = () =>
    vi.waitUntil(async () => (await root.admin.sessions()).items.find((session) => session.window !== null), {
      timeout: 15_000,
      interval: 100,
    });
  const [first, { catalog }] = [await publish(), harness.server.core];
  const { id: sessionId } = await recorded();
  const clip = await ada.clips.capture({ sessionId, durationSeconds: 1 });
  await ada.clips.share(clip.id, { channelId: "games" });

  await root.admin.removeChannel("games");
  expect((await ada.channels.posts("games")).items).toEqual([]);
  await ada.clips.share(clip.id, { channelId: "games" });
  await root.admin.removeCommunity("chess");
  expect((await catalog.posts.list("games", 1, 10)).total).toBe(0);
  expect(await catalog.sessions.ofCommunity("chess")).toEqual([]);
  expect((await ada.clips.get(clip.id)).shares).toEqual([]);
  await first.close().catch(() => undefined);

  const second = await publish();
  await recorded();
  await root.admin.removeUser("ada");
  expect(await catalog.sessions.ofUser("ada")).toEqual([]);
  expect(await catalog.clips.ofUser("ada")).toEqual([]);
  await second.close().catch(() => undefined);
  expect((await root.admin.audit({ pageSize: 3 })).items.map(({ action, target, actor }) => `${actor.name} ${action} ${target}`)).toEqual([
    "Root user.remove ada",
    "Root community.remove chess",
    "Root channel.remove games",
  ]);
  expect((await root.admin.checkStore()).findings).toEqual([]);
});
