/** A host application as a network peer: real HTTP, its own check of the signature, answers that a test sets. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a host answers: JSON with 200, or whatever a function does with the response. */
export type HostPeerAnswer = Readonly<Record<string, unknown>> | ((response: ServerResponse) => void);

/** A request that came with a valid signature. */
export interface HeardRequest {
  readonly path: string;
  readonly body: unknown;
}

/** Below this path it answers. */
const base = "/api/replay";

/** See above. Close it. */
export class HostPeer {
  readonly heard: HeardRequest[] = [];
  /** By path, or by path and the value of the first field of the body: `/person alice`. */
  readonly answers = new Map<string, HostPeerAnswer>();
  /** Requests with a wrong signature. */
  refused = 0;
  readonly #secret: string;
  #server: Server | null = null;
  #port = 0;

  private constructor(secret: string) {
    this.#secret = secret;
  }

  static async start(secret: string): Promise<HostPeer> {
    const peer = new HostPeer(secret);
    await peer.up();
    return peer;
  }

  /** `HOST_URL` */
  get url(): string {
    return `http://127.0.0.1:${this.#port}${base}`;
  }

  /** How often a path was asked. */
  count(path: string): number {
    return this.heard.filter((request) => request.path === path).length;
  }

  /** Answers again, at the same address. */
  async up(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response)).listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nobody listens any more. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }

  close(): Promise<void> {
    return this.down();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    if (!this.#isSigned(request, text)) {
      this.refused += 1;
      response.writeHead(401).end();
      return;
    }
    const body = JSON.parse(text) as Record<string, unknown>;
    const path = (request.url ?? "").slice(base.length);
    this.heard.push({ path, body });
    const answer = this.answers.get(`${path} ${Object.values(body).join(" ")}`) ?? this.answers.get(path);
    if (typeof answer === "function") answer(response);
    else if (answer) json(200, answer)(response);
    else json(404, { unknown: true })(response);
  }

  /** As docs/guide/embed.md describes it, by another library than ours. */
  #isSigned({ headers, method, url }: IncomingMessage, body: string): boolean {
    const [, at = "", sent = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers["livekit-replay-signature"]?.toString() ?? "") ?? [];
    const wanted = createHmac("sha256", this.#secret).update(`${at}\n${method}\n${url}\n${body}`).digest();
    const fresh = Math.abs(Date.now() / 1000 - Number(at)) < 60;
    return sent !== "" && fresh && timingSafeEqual(wanted, Buffer.from(sent, "hex"));
  }
}

/** Answers JSON with a status. */
export const json =
  (status: number, body: unknown) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
