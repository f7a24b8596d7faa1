/** A host application that holds the page in a frame and signs its person in by `postMessage`, as docs/guide/embed.md says. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The key that it signs with and the server checks with. */
const EMBED_SECRET = "a-secret-of-the-host-application-in-tests";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as a host application makes it: HS256 (RFC 7519). */
const signToken = (userId: string, name: string, lifeSeconds: number): string => {
  const head = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ sub: userId, name, exp: Math.floor(Date.now() / 1000) + lifeSeconds })}`;
  return `${head}.${createHmac("sha256", EMBED_SECRET).update(head).digest("base64url")}`;
};

const pageOf = (replayUrl: string, allow: string): string => `<!doctype html>
<html lang="en">
  <title>Chat</title>
  <style>
    html, body { height: 100%; margin: 0 }
    body { display: flex; flex-direction: column; font: 15px/1.4 system-ui, sans-serif; background: #23263a; color: #e9ebf7 }
    header { padding: 10px 20px }
    iframe { flex: 1; border: 0; background: #fff }
  </style>
  <header>The host application</header>
  <iframe title="Replay" src="${replayUrl}/" allow="${allow}"></iframe>
  <script>
    const replay = document.querySelector("iframe");
    addEventListener("message", async (event) => {
      if (event.origin !== "${replayUrl}" || event.source !== replay.contentWindow) return;
      if (event.data?.type !== "replay:token-wanted") return;
      const answer = await fetch("/token");
      if (answer.ok) replay.contentWindow.postMessage({ type: "replay:token", token: await answer.text() }, "${replayUrl}");
    });
  </script>
</html>`;

/** Its server. It begins before the replay server, which must be told its origin. */
export class EmbedHost {
  readonly #server: Server;
  /** Where the page is. */
  replayUrl = "";
  /** What it lets the page in its frame do (Permissions Policy). */
  allow = "display-capture; autoplay; fullscreen";
  /** Whose token it gives. */
  person = { userId: "alice", name: "Alice" };
  /** How long its tokens live. */
  lifeSeconds = 3600;
  /** Whether it gives any at the moment. */
  gives = true;

  private constructor() {
    this.#server = createServer((request, response) => {
      if (request.url === "/token") {
        const { userId, name } = this.person;
        response.writeHead(this.gives ? 200 : 503).end(this.gives ? signToken(userId, name, this.lifeSeconds) : "");
      } else response.writeHead(200, { "content-type": "text/html" }).end(pageOf(this.replayUrl, this.allow));
    });
  }

  static async start(): Promise<EmbedHost> {
    const host = new EmbedHost();
    host.#server.listen(0, "127.0.0.1");
    await once(host.#server, "listening");
    return host;
  }

  /** Its origin. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the replay server has to know of it. */
  get serverEnv(): Readonly<Record<string, string>> {
    return { EMBED_ORIGINS: this.url, JWT_SECRET: EMBED_SECRET };
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
