/**
 * Requests that are for the server that has a session or a publication are passed on to it, once, and its answer is given as it is.
 * The instant of arrival goes along, so that the way does not move a press.
 */
import { idSchema, ReplayError, type WallMs, wallMs } from "@livekit-replay/contract";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Viewer } from "../auth/viewer.js";
import type { Catalog } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";
import { AnsweredElsewhere } from "../platform/elsewhere.js";
import { newId } from "../platform/ids.js";
import type { Metrics } from "../platform/metrics.js";
import { isUnsent, type ServerAddress } from "./calls.js";
import { type Decider, deciderOf } from "./deciders.js";
import type { Servers, ServersLogger } from "./servers.js";
import { signatureHeader, type ServerSigner } from "./signature.js";

/** What is passed on with. */
export interface PassOnParts {
  readonly servers: Servers;
  readonly signer: ServerSigner;
  readonly catalog: Pick<Catalog, "sessions">;
  /** The publications of this server. */
  readonly publications: { ownerOf(publicationId: string): string | null; ofUser(userId: string): object | null };
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: ServersLogger;
}

/** What came along with a request that another server passed on. */
export interface Passed {
  /** When it arrived at the first server. */
  readonly arrivedAt: WallMs;
  /** The address that it was sent to there, for links. */
  readonly base: string;
}

/** A request, and who asks. */
export interface Asked {
  readonly request: FastifyRequest;
  readonly viewer: Viewer;
  readonly arrivedAt: WallMs;
}

/** Where a server says which publications it has. */
const publicationsPath = "/servers/publications";

/** An arrival that lies further back is not believed. */
const mostAgeMs = 120_000;
const answerLimitMs = 100_000;
const questionLimitMs = 2000;
const mostAnswerBytes = 8 * 1024 * 1024;

const sentHeaders = ["content-type", "idempotency-key", "prefer", "if-match", "range", "accept", "user-agent"] as const;
const answeredHeaders = [
  "content-type",
  "location",
  "etag",
  "link",
  "retry-after",
  "preference-applied",
  "www-authenticate",
  "cache-control",
  "x-request-id",
] as const;

const sessionBodySchema = z.object({ sessionId: idSchema });
const paramsSchema = z.object({ sessionId: idSchema });
const hasSchema = z.object({ has: z.boolean() });

/** Passes requests on, and knows those that were passed on to this server. */
export class PassOn {
  readonly #parts: PassOnParts;

  constructor(parts: PassOnParts) {
    this.#parts = parts;
  }

  /** What came along when another server passed the request on; null when it came from elsewhere. @throws ReplayError `unauthenticated` */
  passed(request: FastifyRequest): Passed | null {
    const header = request.headers[signatureHeader];
    if (header === undefined) return null;
    const { passed } = this.#verify(request, header, "");
    if (!passed) return null;
    const now = this.#parts.clock.now();
    const isBelievable = passed.arrivedAtMs <= now + 1000 && passed.arrivedAtMs >= now - mostAgeMs;
    return { arrivedAt: isBelievable ? wallMs(passed.arrivedAtMs) : now, base: passed.base };
  }

  /** Shows who passed a request on that the answer is this server's: goes with every answer to such a request, in the same header. */
  proof(request: FastifyRequest): string {
    const { servers, signer } = this.#parts;
    return signer.answer(String(request.headers[signatureHeader]), servers.id);
  }

  /** The id of the server that asks. @throws ReplayError `unauthenticated` for anybody else */
  askingServer(request: FastifyRequest): string {
    const body = typeof request.body === "string" ? request.body : "";
    return this.#verify(request, request.headers[signatureHeader], body).from;
  }

  /** Comes back when the request is to be handled here. @throws AnsweredElsewhere; ReplayError `recorder_unavailable` when only a server that does not answer could */
  async route(asked: Asked): Promise<void> {
    const { request, viewer } = asked;
    if (this.#parts.servers.reachable.length === 0) return;
    const decider = deciderOf(request.method, request.routeOptions.url ?? "");
    if (!decider) return;
    const server = await this.#serverFor(decider, request, viewer.caller.userId);
    if (!server) return;
    // Sent twice, to the other server and then to this one, a capture must be one clip.
    if (decider.by === "body") request.headers["idempotency-key"] ??= `passed-${newId()}`;
    await this.#pass(server, asked, decider.otherwise);
  }

  /** Comes back when nobody else has the publication. @throws as `route` */
  async publication(publicationId: string, request: FastifyRequest, viewer: Viewer): Promise<void> {
    if (this.#parts.servers.reachable.length === 0 || this.passed(request)) return;
    const server = await this.#whoHas({ publicationId });
    if (server) await this.#pass(server, { request, viewer, arrivedAt: this.#parts.clock.now() }, "refuse");
  }

  #verify(request: FastifyRequest, header: string | string[] | undefined, body: string): ReturnType<ServerSigner["verify"]> {
    if (typeof header !== "string") throw new ReplayError("unauthenticated");
    const { method, url } = request;
    const { servers, signer } = this.#parts;
    return signer.verify(header, servers.id, { method, url, authorization: request.headers.authorization, body });
  }

  async #serverFor({ by }: Decider, request: FastifyRequest, userId: string): Promise<ServerAddress | null> {
    const { catalog, publications } = this.#parts;
    if (by === "person") {
      if (publications.ofUser(userId)) return null;
      const active = await catalog.sessions.activeOf(userId);
      return this.#otherThan(active?.serverId ?? null) ?? (active ? null : this.#whoHas({ userId }));
    }
    const named = by === "body" ? sessionBodySchema.safeParse(request.body) : paramsSchema.safeParse(request.params);
    const row = named.success ? await catalog.sessions.find(named.data.sessionId) : null;
    return row?.state === "active" ? this.#otherThan(row.serverId) : null;
  }

  #otherThan(serverId: string | null): ServerAddress | null {
    return serverId === null ? null : this.#parts.servers.addressOf(serverId);
  }

  /** The server that has a publication, or one of a person. Who does not answer has none. */
  async #whoHas(query: { publicationId: string } | { userId: string }): Promise<ServerAddress | null> {
    const { servers } = this.#parts;
    const answers = await Promise.all(
      servers.reachable.map(async (server) => {
        const answer = await servers.calls.get(server, publicationsPath, query, questionLimitMs).catch(() => null);
        return hasSchema.safeParse(answer).data?.has === true ? server : null;
      }),
    );
    return answers.find((server) => server !== null) ?? null;
  }

  async #pass(server: ServerAddress, asked: Asked, otherwise: Decider["otherwise"]): Promise<void> {
    const { metrics, logger } = this.#parts;
    try {
      const answer = await this.#send(server, asked);
      metrics.count("requests_passed_on_total", "Requests that another server had to answer", { outcome: "answered" });
      throw answer;
    } catch (error) {
      if (error instanceof AnsweredElsewhere) throw error;
      metrics.count("requests_passed_on_total", "Requests that another server had to answer", { outcome: "failed" });
      const isHere = otherwise === "here" || (otherwise === "here if unsent" && isUnsent(error));
      logger.warn({ err: error, serverId: server.id, here: isHere }, "the server that a request was for did not answer");
      if (!isHere)
        throw new ReplayError("recorder_unavailable", { detail: "Recorder is not available: its server does not answer", cause: error });
    }
  }

  async #send(server: ServerAddress, { request, viewer, arrivedAt }: Asked): Promise<AnsweredElsewhere> {
    const { method } = request;
    const { servers, signer } = this.#parts;
    const path = pathOf(request.url);
    const headers = this.#headersFor(server, request, path, { arrivedAtMs: arrivedAt, base: viewer.base });
    const stop = new AbortController();
    const unwatch = servers.onGone((id) => {
      if (id === server.id) stop.abort(new Error("the other server is dead"));
    });
    try {
      const response = await fetch(server.url + path, {
        method,
        headers,
        body: bodyOf(request.body),
        redirect: "manual",
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(answerLimitMs)]),
      });
      const body = Buffer.from(await response.arrayBuffer());
      // It may have stopped a moment ago: what is at its address now, or in front of it, has not done what was asked.
      if (response.headers.get(signatureHeader) !== signer.answer(headers.get(signatureHeader) ?? "", server.id))
        throw new Error(`what answered ${response.status} is not that server`);
      if (body.length > mostAnswerBytes) throw new Error(`the answer to ${method} is too long`);
      const known = answeredHeaders.flatMap((name) => {
        const value = response.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      return new AnsweredElsewhere(response.status, Object.fromEntries(known), body);
    } finally {
      unwatch();
    }
  }

  #headersFor(
    server: ServerAddress,
    { method, headers }: FastifyRequest,
    url: string,
    passed: { arrivedAtMs: number; base: string },
  ): Headers {
    const { servers, signer } = this.#parts;
    const { authorization } = headers;
    const sent = new Headers();
    for (const name of sentHeaders) {
      const value = headers[name];
      if (typeof value === "string") sent.set(name, value);
    }
    if (authorization !== undefined) sent.set("authorization", authorization);
    sent.set(signatureHeader, signer.sign({ from: servers.id, to: server.id, passed }, { method, url, authorization, body: "" }));
    return sent;
  }
}

/** Path and query as they are written on their way to another server: that is what is signed, however loosely the client wrote them. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url, "http://server.invalid");
  return pathname + search;
}

/** The body as it can be sent again: text as it came, JSON anew. */
function bodyOf(body: unknown): string | null {
  if (body === undefined || body === null) return null;
  return typeof body === "string" ? body : JSON.stringify(body);
}
