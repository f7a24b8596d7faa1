/** One vitest for every package: sources are read directly (the `source` export condition), so no build is needed first. */
import { defineConfig } from "vitest/config";

const conditions = ["source"];
/** Tests with a real livekit-server: they wait more than they work, so two of them can go side by side. */
const rooms = ["livekit", "passthrough", "egress"].map((what) => `packages/*/test/${what}*.test.ts`);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "small",
          include: ["packages/*/src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "medium",
          include: ["packages/*/test/**/*.test.ts"],
          exclude: rooms,
          // Real processes, real media in real time: side by side they would only measure each other.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: "rooms", include: rooms, maxWorkers: 2, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
