/** Every route asked by everybody, on both databases: who may what (`rights-table.ts`). Every route has a rule, and no answer of the directory is a no. */
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clipSchema, postSchema } from "@livekit-replay/contract";
import { z } from "zod";
import { basePath, rules, ruleOf } from "../src/auth/rules.js";
import type { DatabaseKind } from "./databases.js";
import { EventReader } from "./event-reader.js";
import { type Harness, request, secretOf, startHarness, theSession } from "./harness.js";
import { addressOf, columns, type Row, ruleKey, table, type Who } from "./rights-table.js";

let harness: Harness;

/** Who is who: people of the demo, and three more. */
const userOf: Readonly<Record<Exclude<Who, "nobody">, string>> = {
  stranger: "stranger",
  bare: "finn",
  guest: "carol",
  member: "dave",
  owner: "bob",
  manager: "erin",
  admin: "alice",
};

/** LiveKit is named, and nobody is there: its tokens are made without it, its webhooks are judged without it, shares come by WHIP. */
const livekit = {
  LIVEKIT_URL: "ws://127.0.0.1:9",
  LIVEKIT_API_KEY: "key",
  LIVEKIT_API_SECRET: "a-secret-of-thirty-two-characters",
  RECORDER: "whip",
};

const refSchema = z.object({ $ref: z.string().optional() });
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.record(z.string(), refSchema) }))),
  components: z.object({ responses: z.record(z.string(), z.unknown()) }),
});

class World {
  readonly ids: Record<string, string> = {};
  #document: z.infer<typeof documentSchema> | null = null;
  readonly tokens = new Map<Who, string>();
  /** Held: an answer that nobody holds or reads is given up by the runtime when memory gets short, and with it the place in the room. */
  readonly #inLobby: EventReader[] = [];

  async open(database: DatabaseKind): Promise<void> {
    harness = await startHarness({ database, env: livekit });
    this.#document = documentSchema.parse((await request(`${harness.origin}/openapi.json`, "GET")).json());
    const { directory } = harness.server.core.catalog;
    const lent = ["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY", "VIEW_CHANNEL", "SEND_MESSAGES"] as const;
    await directory.putRole({ communityId: "demo", role: "manager", permissions: [...lent, "MANAGE_REPLAY_LIMITS", "MANAGE_CHANNEL"] });
    for (const [userId, roles] of [
      ["finn", []],
      ["dave", ["member"]],
      ["erin", ["manager"]],
    ] as const)
      await directory.putMember({ communityId: "demo", userId, roles });
    await directory.putCommunity({ id: "other", name: "Other" });
    const key = new TextEncoder().encode(await secretOf(harness.root));
    for (const [who, sub] of Object.entries(userOf) as [Who, string][]) {
      const claims = { sub, exp: Math.floor(Date.now() / 1000) + 600 };
      this.tokens.set(who, await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(key));
    }
    for (const who of columns.filter((one) => one !== "nobody" && one !== "stranger")) await this.#enter(who);
    const publisher = await harness.publish("bob", "lobby");
    const events = await harness.listen("bob", "/rooms/lobby/events");
    await events.next("window");
    this.ids["session"] = (await theSession(harness, "bob", "lobby")).id;
    this.ids["publication"] = new URL(publisher.resourceUrl).pathname.split("/").at(-1) ?? "";
    for (const kind of ["private", "shared", "ofOwner"] as const) await this.make(kind, { wait: true });
  }

  /** In the lobby, as long as the server runs. */
  async #enter(who: Who): Promise<void> {
    this.#inLobby.push(await EventReader.open(`${harness.api}/rooms/lobby/events`, this.tokens.get(who) ?? ""));
  }

  /** Makes what a row uses up. */
  async make(kind: NonNullable<Row["fresh"]>, { wait = false }: { wait?: boolean } = {}): Promise<void> {
    const headers = wait ? { prefer: "wait=20" } : {};
    const capture = async (who: Who) => {
      const answer = await this.ask(who, "POST", `${basePath}/capture`, {
        body: { sessionId: this.ids["session"], durationSeconds: 1 },
        headers,
      });
      return clipSchema.parse(answer.json()).id;
    };
    const put = async (path: string, body: unknown): Promise<void> => {
      expect((await this.ask("admin", "PUT", `${basePath}/directory/${path}/spare`, { body })).status, path).toBe(200);
    };
    switch (kind) {
      case "private":
        this.ids["private"] = await capture("owner");
        return;
      case "shared":
        this.ids["shared"] = await capture("owner");
        await this.make("post");
        return;
      case "ofOwner":
        this.ids["ofOwner"] = await capture("member");
        return;
      case "post": {
        const answer = await this.ask("owner", "POST", `${basePath}/clips/${this.ids["shared"]}/share`, { body: { channelId: "clips" } });
        // The clip that was shared may have been used up.
        if (answer.status === 404) return this.make("shared");
        this.ids["post"] = postSchema.parse(answer.json()).id;
        return;
      }
      case "community":
        return put("communities", { name: "Spare" });
      case "room":
        return put("communities/demo/rooms", { title: "Spare" });
      case "channel":
        return put("communities/demo/channels", { name: "spare" });
      case "role":
        return put("communities/demo/roles", { permissions: ["VIEW_CHANNEL"] });
      case "member":
        return put("communities/demo/members", { roles: ["spare"] });
      case "person":
        return put("people", { name: "Spare" });
      default:
        return kind satisfies never;
    }
  }

  /** Whether the OpenAPI document has an answer for a route, with its code when it is a refusal. What it leaves out (reserved methods, metrics) it need not have. */
  isDocumented(row: Row, { status, code }: { status: number; code: string }): boolean {
    const [method = "", pattern = ""] = ruleKey(row).split(" ");
    const operation = this.#document?.paths[pattern.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
    if (!operation) return /^(OPTIONS|PUT|GET|POST) .*\/whip\/|^GET \/metrics$/.test(ruleKey(row));
    const answer = operation.responses[String(status)];
    if (code === "" || answer?.$ref === undefined) return answer !== undefined;
    return JSON.stringify(this.#document?.components.responses[answer.$ref.split("/").at(-1) ?? ""]).includes(`"${code}"`);
  }

  ask(who: Who, method: string, path: string, options: { body?: unknown; headers?: Record<string, string> } = {}) {
    const token = this.tokens.get(who);
    const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...options.headers };
    return request(`${harness.origin}${path}`, method, { ...options, headers });
  }

  #filled(text: string): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => this.ids[name] ?? whole);
  }

  /** What somebody is answered: the status, and the code where there is one. An answer that has no end (a stream) is not read. */
  async answer(row: Row, who: Who): Promise<{ status: number; code: string }> {
    const { method, path } = addressOf(row);
    const token = this.tokens.get(who);
    const text = typeof row.body === "string" ? row.body : row.body === undefined ? undefined : JSON.stringify(row.body);
    const stop = new AbortController();
    const response = await fetch(`${harness.origin}${this.#filled(path)}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(text === undefined ? {} : { "content-type": row.contentType ?? "application/json" }),
      },
      ...(text === undefined ? {} : { body: this.#filled(text) }),
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(20_000)]),
    });
    const problem = response.headers.get("content-type")?.startsWith("application/problem+json") === true;
    const code = problem ? ((await response.json()) as { code: string }).code : "";
    stop.abort();
    return { status: response.status, code };
  }
}

describe.each(["sqlite", "mongodb"] as const)("who may what, on %s", (database) => {
  const world = new World();
  beforeAll(() => world.open(database));
  afterAll(() => harness.close());

  test.each(table.map((row) => ({ name: `${row.route}${row.which === undefined ? "" : ` (${row.which})`}`, row })))(
    "$name",
    async ({ row }) => {
      if (row.fresh) await world.make(row.fresh);
      const found: Record<string, string> = {};
      for (const who of columns) {
        const { status, code } = await world.answer(row, who);
        expect(world.isDocumented(row, { status, code }), `${row.route} answered ${status} ${code}, which the document does not have`).toBe(
          true,
        );
        const wanted = row.cells[columns.indexOf(who)];
        found[who] = typeof wanted === "string" ? `${status} ${code}` : String(status);
        if (row.fresh && status < 300) await world.make(row.fresh);
      }
      expect(found).toEqual(Object.fromEntries(columns.map((who, index) => [who, String(row.cells[index])])));
    },
  );
});

describe("beside the table", () => {
  beforeAll(async () => {
    harness = await startHarness();
    await harness.server.core.catalog.directory.putMember({ communityId: "demo", userId: "dave", roles: ["member"] });
  });
  afterAll(() => harness.close());

  test("whoever may capture must be in the room, unless the share is theirs", async () => {
    const key = new TextEncoder().encode(await secretOf(harness.root));
    const token = await new SignJWT({ sub: "dave", exp: Math.floor(Date.now() / 1000) + 600 })
      .setProtectedHeader({ alg: "HS256" })
      .sign(key);
    const headers = { authorization: `Bearer ${token}` };
    const events = await harness.listen("bob", "/rooms/lobby/events");
    await harness.publish("bob", "lobby");
    await events.next("window");
    const { id: sessionId } = await theSession(harness, "bob", "lobby");
    const capture = () => request(`${harness.api}/capture`, "POST", { headers, body: { sessionId, durationSeconds: 1 } });
    expect((await capture()).status).toBe(403);
    const inRoom = await EventReader.open(`${harness.api}/rooms/lobby/events`, token);
    expect((await capture()).status).toBe(201);
    await inRoom.close();
  });

  describe("the table of rules", () => {
    /** Served without the guard: the page, the reference page, the document. */
    const outside = /^\/(\*|docs(\/.*)?|openapi\.json)$/;

    test("has a rule for every route", () => {
      const routes = harness.server.routes.filter(({ pattern }) => !outside.test(pattern));
      expect(routes.length).toBeGreaterThan(30);
      expect(routes.filter(({ method, pattern }) => !ruleOf(method, pattern))).toEqual([]);
    });

    test("has no rule without a route", () => {
      const known = new Set(harness.server.routes.map(({ method, pattern }) => `${method} ${pattern}`));
      expect([...rules.keys()].filter((route) => !known.has(route))).toEqual([]);
    });

    test("lets nobody in without a token but for the few that say so", () => {
      const open = [...rules]
        .filter(([, rule]) => !["person", "person or link", "server"].includes(rule.who))
        .map(([route]) => route.replace(basePath, ""));
      expect(open.toSorted()).toMatchInlineSnapshot(`
        [
          "GET /demo/people",
          "GET /healthz",
          "GET /metrics",
          "GET /page",
          "GET /readyz",
          "GET /whip/:roomName",
          "GET /whip/resource/:publicationId",
          "OPTIONS /whip/:roomName",
          "OPTIONS /whip/resource/:publicationId",
          "POST /demo/sign-in",
          "POST /livekit/webhook",
          "POST /whip/resource/:publicationId",
          "PUT /whip/:roomName",
          "PUT /whip/resource/:publicationId",
        ]
      `);
    });
  });

  test("metrics ask for their token when there is one", async () => {
    const guarded = await startHarness({ env: { METRICS_TOKEN: "a-token-for-metrics" } });
    try {
      expect((await request(`${guarded.origin}/metrics`, "GET")).status).toBe(401);
      expect((await request(`${guarded.origin}/metrics`, "GET", { headers: { authorization: "Bearer wrong-token-here" } })).status).toBe(
        401,
      );
      const headers = { authorization: "Bearer a-token-for-metrics" };
      expect((await request(`${guarded.origin}/metrics`, "GET", { headers })).status).toBe(200);
    } finally {
      await guarded.close();
    }
    const open = await request(`${harness.origin}/metrics`, "GET");
    expect(open.status).toBe(200);
    expect(open.text).toContain("replay_segments_total");
  });
});

describe("a directory that cannot answer", () => {
  test("means no, never yes", async () => {
    const lost = await startHarness();
    try {
      const token = await lost.token("alice");
      await lost.server.core.catalog.close();
      const answer = await request(`${lost.api}/status/lobby`, "GET", { headers: { authorization: `Bearer ${token}` } });
      // A database on the network says itself that it is away.
      const code = lost.server.core.config.database.kind === "mongodb" ? "database_unavailable" : "directory_unavailable";
      expect(answer.problem()).toMatchObject({ status: 503, code });
      expect(answer.headers.get("retry-after")).toBe("2");
      expect((await request(`${lost.origin}/readyz`, "GET")).status).toBe(503);
      expect((await request(`${lost.origin}/healthz`, "GET")).status).toBe(200);
    } finally {
      await lost.close().catch(() => undefined);
    }
  });
});
