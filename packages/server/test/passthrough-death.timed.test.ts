/** How long a share is not recorded when its recorder's process dies: judged by the clock, so it runs with nothing beside it (`timed` in vitest.config.ts). */
import { kill } from "node:process";
import { type FilmFiles, makeFilmFiles, SMALL_FILM } from "@livekit-replay/peers";
import { beforeAll, expect, it } from "vitest";
import { PassthroughWorld } from "./passthrough-world.js";
import { buildRecorder } from "./recorder-build.js";

let film: FilmFiles;
let entry: string;

beforeAll(async () => {
  entry = await buildRecorder();
  film = await makeFilmFiles(SMALL_FILM);
}, 120_000);

it("a recorder that is killed: its sessions are recorded again by another one within 2 s, and no page is asked to publish again", async (test) => {
  const the = await PassthroughWorld.open({ entry });
  test.onTestFinished(() => the.close());
  const sessions = await the.sharing(film, "anna", "bert");
  const { recorderId } = the.recorders.process;
  // A machine that does other work can be late, a recorder that takes longer is late each time: the best of three is judged.
  const tookMs: number[] = [];
  do {
    kill(the.recorders.process.pid, "SIGKILL");
    const killedAt = performance.now();
    const kills = tookMs.length + 1;
    for (const { sessionId } of sessions) await the.share(sessionId, "flowing", { times: kills + 1 });
    tookMs.push(performance.now() - killedAt);
    for (const { sessionId } of sessions) await the.recorders.runBegun(sessionId, kills);
  } while (tookMs.length < 3 && Math.min(...tookMs) >= 2_000);
  expect(Math.min(...tookMs)).toBeLessThan(2_000);
  for (const { sessionId } of sessions) {
    const runs = [{ run: 0, reason: "start" }, ...tookMs.map((_, index) => ({ run: index + 1, reason: "restart" }))];
    expect(the.runs(sessionId)).toEqual(runs);
    expect(the.shares(sessionId).map(({ state }) => state)).toEqual(["flowing", ...tookMs.flatMap(() => ["lost", "flowing"])]);
    await the.recorders.recorder.stop(sessionId);
    for (const { run } of runs) await the.whole(film, { sessionId, run });
  }
  const down = the.recorders.events.find(({ type }) => type === "down");
  expect(down).toMatchObject({ recorderId, publicationIds: [], sessionIds: [] });
});
