/** A disk that is full ends nothing, leaves nothing, and is forgotten when there is room again. */
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runMounted } from "./mounted.js";
import { tempRoot } from "./store-material.js";

let root: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ root, remove } = await tempRoot());
});
afterEach(() => remove());

describe("a full disk", () => {
  it("refuses every write with `disk_full`, and everything goes on when there is room", { timeout: 60_000 }, async () => {
    const at = path.join(root, "small");
    const result = await runMounted("store-full-driver.ts", { at, sizeKb: 3000 }, [at]);
    expect(result).toMatchObject({ full: { charges: expect.arrayContaining(["disk_full"]) } });
    expect(result).toMatchObject({
      full: {
        free: 0,
        segment: "disk_full",
        tail: "disk_full",
        finalise: "disk_full",
        poster: "disk_full",
        pin: "disk_full",
        sameFiles: true,
      },
      listed: true,
      failedPlaylists: 2,
      dropped: 2,
      after: { playlist: 5, states: ["ready", "ready"], findings: [], unfinished: [] },
    });
  });
});
