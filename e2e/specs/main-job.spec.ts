/** The main job with each hand, with LiveKit and without it. `npm test` runs one of each; `npm run e2e` all. */
import { test as call } from "../page/call.js";
import { finger, keyboard, mouse } from "../page/hands.js";
import { doMainJob } from "../page/main-job.js";
import { test } from "../page/people.js";

for (const hand of [keyboard, finger, mouse]) {
  test(
    `share, capture, watch, trim, rename, post, delete and undo by ${hand.name}`,
    { tag: hand === mouse ? "@long" : "@main" },
    async ({ browser, server }) => doMainJob(browser, server, hand),
  );
}

for (const hand of [mouse, keyboard, finger]) {
  call(
    `in a call: share, capture, watch, trim, rename, post, delete and undo by ${hand.name}`,
    { tag: hand === mouse ? "@main" : "@long" },
    async ({ browser, server }) => doMainJob(browser, server, hand),
  );
}
