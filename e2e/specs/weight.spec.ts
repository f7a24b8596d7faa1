/** How much script a person loads before they see something: compressed, the first view and a room stay small; the player waits until it is needed. */
import { gzipSync } from "node:zlib";
import { expect, signIn, test } from "../page/people.js";

const MOST_BYTES = 200_000;

test("sign-in and an empty room need less than 200 kB of compressed script, no player, and nothing of LiveKit where there is none", async ({
  page,
  server,
}, info) => {
  const answers: Promise<{ url: string; type: string; bytes: number }>[] = [];
  page.on("response", (response) => {
    const type = response.request().resourceType();
    if (type !== "script" && type !== "stylesheet") return;
    answers.push(response.body().then((body) => ({ url: response.url(), type, bytes: gzipSync(body).length })));
  });
  await signIn(page, server, "Bob");
  await expect(page.getByRole("button", { name: "Share screen" })).toBeVisible();
  const all = await Promise.all(answers);
  const loaded = all.filter(({ type }) => type === "script");
  const sum = (of: typeof all): number => of.reduce((bytes, one) => bytes + one.bytes, 0);
  const style = sum(all.filter(({ type }) => type === "stylesheet"));
  const said = `first view, compressed: script ${(sum(loaded) / 1000).toFixed(1)} kB, style ${(style / 1000).toFixed(1)} kB`;
  info.annotations.push({ type: "measured", description: said });
  process.stdout.write(`${said}\n`);
  expect(loaded.length).toBeGreaterThan(1);
  expect(loaded.filter(({ url }) => /hls|livekit-client/.test(url))).toEqual([]);
  expect(sum(loaded)).toBeLessThan(MOST_BYTES);
});
