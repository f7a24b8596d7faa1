/** One vitest for every package: sources are read directly (the `source` export condition), so no build is needed first. */
import { defineConfig } from "vitest/config";

const conditions = ["source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    // What hangs ends; what converts at the lowest priority beside other work takes long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "small",
          include: ["packages/*/src/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
          // Pure code: what one file leaves behind cannot be met by another, and the imports are made once.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "medium",
          include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.timed.test.ts"],
          globalSetup: ["packages/server/test/shared-mongo.ts"],
          // Real processes, real media in real time: they wait more than they work. More than four files at a time on two cores would only measure each other.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "timed",
          include: ["packages/*/test/**/*.timed.test.ts"],
          // What is judged by the clock has the machine for itself.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
