/** What the channels' host is told, in which order, how often, and what becomes of what it does not hear. */
import { millis, ReplayError } from "@livekit-replay/contract";
import { beforeEach, expect, test, vi } from "vitest";
import { ChannelNotices } from "./notices.js";
import type { ChannelPost, ChannelPosts } from "./port.js";

const person = { userId: "ada", name: "Ada" };
const post: ChannelPost = {
  postId: "post",
  channelId: "games",
  communityId: "chess",
  author: person,
  text: "",
  createdAtMs: 1,
  clip: { id: "clip", title: "Mate", durationMs: 1000, owner: person, sharer: person },
  links: { clip: "", poster: "" },
};
const key = { postId: "post", channelId: "games" };
const limit = { timeout: 2000, interval: 5 };

/** A host in memory; `answer` decides what becomes of each notice. */
class Host implements ChannelPosts {
  readonly heard: string[] = [];
  answer: (notice: string, time: number) => Promise<void> = () => Promise.resolve();

  posted = (): Promise<void> => this.#hear("posted");
  removed = (): Promise<void> => this.#hear("removed");
  clipDeleted = (): Promise<void> => this.#hear("clipDeleted");

  #hear(notice: string): Promise<void> {
    this.heard.push(notice);
    return this.answer(notice, this.heard.filter((one) => one === notice).length);
  }
}

let host: Host;
let lost: string[];
const refuse = (): Promise<never> => Promise.reject(new Error("away"));

const noticesOf = (pauses: readonly number[] = [5, 5]): ChannelNotices => {
  const count = (_name: string, _help: string, labels: Readonly<Record<string, string>> = {}): void => void lost.push(labels["what"] ?? "");
  return new ChannelNotices({
    channels: host,
    metrics: { count },
    logger: { warn: () => undefined },
    limit: millis(50),
    pauses: pauses.map(millis),
  });
};

beforeEach(() => {
  host = new Host();
  lost = [];
});

test("a host that takes the post is told once", async () => {
  await noticesOf().posted(post);
  expect(host.heard).toEqual(["posted"]);
});

test.each([
  ["an error", () => new Error("database"), "directory_unavailable"],
  ["a refusal", () => new ReplayError("permission_denied"), "permission_denied"],
])("after %s the host is told to forget it", async (_name, error, code) => {
  host.answer = (notice) => (notice === "posted" ? Promise.reject(error()) : Promise.resolve());
  await expect(noticesOf().posted(post)).rejects.toMatchObject({ code });
  await vi.waitFor(() => expect(host.heard).toEqual(["posted", "removed"]), limit);
});

test("a host that throws where it should have promised is as one that rejects", async () => {
  host.answer = (notice) => {
    if (notice === "posted") throw new Error("database");
    return Promise.resolve();
  };
  await expect(noticesOf().posted(post)).rejects.toMatchObject({ code: "directory_unavailable" });
  await vi.waitFor(() => expect(host.heard).toEqual(["posted", "removed"]), limit);
});

test("a host that takes too long is told to forget it when it has done with it, not before", async () => {
  const late = Promise.withResolvers<void>();
  host.answer = (notice) => (notice === "posted" ? late.promise : Promise.resolve());
  await expect(noticesOf().posted(post)).rejects.toMatchObject({ code: "directory_unavailable" });
  expect(host.heard).toEqual(["posted"]);
  late.resolve();
  await vi.waitFor(() => expect(host.heard).toEqual(["posted", "removed"]), limit);
});

test("an end is told until it is heard", async () => {
  host.answer = (_notice, time) => (time < 3 ? refuse() : Promise.resolve());
  noticesOf().removed(key);
  await vi.waitFor(() => expect(host.heard).toEqual(["removed", "removed", "removed"]), limit);
  expect(lost).toEqual([]);
});

test("and given up after the last attempt, which is counted", async () => {
  host.answer = refuse;
  noticesOf().clipDeleted({ clipId: "clip", posts: [key] });
  await vi.waitFor(() => expect(lost).toEqual(["clip_deleted"]), limit);
  expect(host.heard).toHaveLength(3);
});

test("a clip that nobody posted needs no notice", async () => {
  const notices = noticesOf();
  notices.clipDeleted({ clipId: "clip", posts: [] });
  await notices.close();
  expect(host.heard).toEqual([]);
});

test("what waits when the server stops is tried once more, and the stop does not wait for the pauses", async () => {
  host.answer = refuse;
  const notices = noticesOf([60_000]);
  notices.removed(key);
  await vi.waitFor(() => expect(host.heard).toHaveLength(1), limit);
  host.answer = () => Promise.resolve();
  await notices.close();
  expect(host.heard).toHaveLength(2);
  expect(lost).toEqual([]);
  notices.removed(key);
  expect(lost).toEqual(["removed"]);
});

test("at most a thousand ends are under way", async () => {
  const held = Promise.withResolvers<void>();
  host.answer = () => held.promise;
  const notices = noticesOf();
  for (let count = 0; count < 1001; count += 1) notices.removed(key);
  expect(lost).toEqual(["removed"]);
  held.resolve();
  await notices.close();
});
