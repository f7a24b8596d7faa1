/** The loopback WebSocket that recorder processes connect to. Each process has a secret of its own, which also says which one it is. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";

/** A process that is expected to connect. */
interface Expected {
  readonly digest: Buffer;
  readonly onConnected: (socket: WebSocket) => void;
}

/** Answers and notices are small; the largest are an SDP answer and a segment's gaps. */
const MAX_MESSAGE_BYTES = 512 * 1024;

const digestOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** Lives as long as the supervisor. */
export class RecorderSocket {
  readonly url: string;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  readonly #expected = new Set<Expected>();

  private constructor(http: Server) {
    this.#http = http;
    this.url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
    http.on("upgrade", (request, stream, head) => this.#upgrade(request, stream, head));
  }

  /** Listens on a free port of 127.0.0.1. */
  static async open(): Promise<RecorderSocket> {
    const http = createServer((_request, response) => response.writeHead(404).end());
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return new RecorderSocket(http);
  }

  /** Makes a secret that is good for one connection. `forget` makes it useless. */
  expect(onConnected: (socket: WebSocket) => void): { secret: string; forget: () => void } {
    const secret = randomBytes(32).toString("base64url");
    const expected = { digest: digestOf(secret), onConnected };
    this.#expected.add(expected);
    return { secret, forget: () => void this.#expected.delete(expected) };
  }

  /** Idempotent. Connections that are open are cut. */
  async close(): Promise<void> {
    this.#expected.clear();
    for (const socket of this.#sockets.clients) socket.terminate();
    if (!this.#http.listening) return;
    const closed = once(this.#http, "close");
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on("error", () => stream.destroy());
    const digest = digestOf(request.headers.authorization?.replace(/^Bearer /, "") ?? "");
    const expected = [...this.#expected].find((each) => timingSafeEqual(each.digest, digest));
    if (!expected) {
      stream.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
      return;
    }
    this.#expected.delete(expected);
    this.#sockets.handleUpgrade(request, stream, head, (socket) => expected.onConnected(socket));
  }
}
