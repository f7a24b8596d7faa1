/** The image of deploy/Dockerfile, assembled without Docker from this tree's build: it starts as its user, is healthy, records, and stops. */
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Api, shareDemo } from "@livekit-replay/peers";
import { Children } from "../process/children.mjs";
import { outsideEnv, ROOT } from "../setup/place.mjs";
import { assemble, type Image, readIgnored } from "./assemble.mjs";
import { readDockerfile } from "./read.mjs";
import { type Running, startImage } from "./start.mjs";

describe("the Dockerfile's reader", () => {
  it("knows stages, folders, copies and how the image is run", () => {
    const stages = readDockerfile(
      [
        "ARG BASE=node:1",
        "FROM ${BASE} AS build",
        "WORKDIR /a",
        "COPY one two ./",
        "RUN npm ci",
        "FROM build AS more",
        "COPY three .",
        "FROM ${BASE}",
        "WORKDIR /b",
        "COPY --from=build /a/one ./one",
        'CMD ["node", "x"]',
      ].join("\n"),
    );
    expect(stages).toMatchObject([
      {
        name: "build",
        base: "node:1",
        steps: [
          { kind: "copy", from: null, sources: ["one", "two"], target: "/a/" },
          { kind: "run", folder: "/a", command: "npm ci" },
        ],
      },
      { name: "more", base: "build", steps: [{ kind: "copy", from: null, sources: ["three"], target: "/a" }] },
      { name: "2", steps: [{ kind: "copy", from: "build", sources: ["/a/one"], target: "/b/one" }], command: ["node", "x"] },
    ]);
  });

  it.each([
    ["FROM x\nADD a b", "ADD"],
    ["FROM x\nCOPY --chmod=755 a b", "--chmod"],
  ])("refuses what it does not know: %j", (text, named) => {
    expect(() => readDockerfile(text)).toThrow(named);
  });
});

it("the context leaves out what is secret or built", () => {
  const ignored = readIgnored(".git\n# a comment\n**/node_modules\n**/.env\n");
  const out = [".git", ".git/config", "node_modules/a", "packages/a/node_modules/b/c", "deploy/.env", ".env"];
  expect(out.filter((path) => !ignored(path))).toEqual([]);
  expect([".gitignore", "packages/a/src/b.ts", "packages"].filter(ignored)).toEqual([]);
});

describe("the image", () => {
  const children = new Children();
  let folder = "";
  let image: Image;
  let running: Running;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "replay-image-"));
    // Its user is another one than who makes it.
    await chmod(folder, 0o755);
    const env = { ...outsideEnv(), npm_config_prefer_offline: "true" };
    image = await assemble({ children, folder, built: { build: ROOT }, env });
    running = await startImage(image, children, { JWT_SECRET: randomBytes(32).toString("hex"), DEMO: "on", LOG_LEVEL: "warn" });
  }, 180_000);

  afterAll(async () => {
    await children.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it("has FFmpeg and tini, and its folders for its user", () => {
    const system = image.undone.join("\n");
    expect(system).toMatch(/apt-get install .*\bffmpeg tini\b/);
    expect(system).toMatch(/--owner=1001 --group=0 .*livekit-replay\/storage .*livekit-replay\/data/);
    expect(image.stage.user).toBe("1001:0");
    expect(image.stage.entrypoint).toEqual(["tini", "--"]);
  });

  it("has neither tests nor sources nor packages of development", async () => {
    const app = join(image.root, "app");
    expect(await readdir(join(app, "packages", "server"))).toEqual(expect.arrayContaining(["dist", "package.json"]));
    expect(await readdir(join(app, "packages", "server"))).not.toEqual(expect.arrayContaining(["src"]));
    const modules = await readdir(join(app, "node_modules"));
    expect(modules).toContain("node-datachannel");
    for (const name of ["vitest", "@playwright", "oxlint", "vite"]) expect(modules).not.toContain(name);
  });

  it("is healthy and shows the page", async () => {
    expect(await running.health()).toBe(0);
    const html = await (await fetch(running.url, { headers: { accept: "text/html" } })).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? "/nothing";
    expect((await fetch(`${running.url}${script}`)).status).toBe(200);
  });

  it("records a share and makes a clip of it, with its picture", async () => {
    const stop = new AbortController();
    const sharing = shareDemo({ url: running.url, roomName: "lobby", say: () => {}, signal: stop.signal });
    try {
      const api = await Api.signIn(running.url, "alice");
      const limits = { timeout: 20_000, interval: 200 };
      const session = await vi.waitUntil(async () => (await api.status("lobby")).sessions[0], limits);
      const clip = await vi.waitFor(() => api.capture({ sessionId: session.id, durationSeconds: 1 }, 30), limits);
      expect(clip).toMatchObject({ state: "ready" });
      await vi.waitFor(
        async () => expect((await fetch(api.absolute((await api.clip(clip.id)).links.poster ?? ""))).status).toBe(200),
        limits,
      );
    } finally {
      stop.abort();
      await sharing;
    }
  }, 60_000);

  it("stops when it is told to, and its health check sees it", async () => {
    expect(await running.close()).toBe(0);
    expect(await running.health()).toBe(1);
  });
});
