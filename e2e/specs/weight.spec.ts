/** How much script a person loads before they see something: compressed, the first view and a room stay small; the player waits until it is needed. */
import { gzipSync } from "node:zlib";
import { expect, signIn, test } from "../page/people.js";

const MOST_BYTES = 200_000;

test("sign-in and an empty room need less than 200 kB of compressed script, no player, and nothing of LiveKit where there is none", async ({
  page,
  server,
}) => {
  const scripts: Promise<{ url: string; bytes: number }>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    scripts.push(response.body().then((body) => ({ url: response.url(), bytes: gzipSync(body).length })));
  });
  await signIn(page, server, "Bob");
  await expect(page.getByRole("button", { name: "Share screen" })).toBeVisible();
  const loaded = await Promise.all(scripts);
  expect(loaded.length).toBeGreaterThan(1);
  expect(loaded.filter(({ url }) => /hls|livekit-client/.test(url))).toEqual([]);
  expect(loaded.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(MOST_BYTES);
});
