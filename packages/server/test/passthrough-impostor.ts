/** Something that answers at LiveKit's address: a server of another version, or one that misbehaves. It speaks LiveKit's signalling and has no media. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { JoinResponse, ParticipantInfo, SignalRequest, SignalResponse, TrackInfo, TrackSource, TrackType } from "@livekit/protocol";
import { type WebSocket, WebSocketServer } from "ws";

/** How it behaves. */
export interface ImpostorOptions {
  /** Answered instead of the upgrade. */
  readonly status?: number;
  readonly version?: string;
  /** What `anna` shares, as MIME type; default H.264. */
  readonly codec?: string;
  /** Names of the rooms that it says there are; by default it refuses to say. */
  readonly rooms?: readonly string[];
  /** Says nothing after the upgrade. */
  readonly mute?: boolean;
}

type Message = NonNullable<NonNullable<ConstructorParameters<typeof SignalResponse>[0]>["message"]>;

/** Closes with `close`. */
export class Impostor {
  /** Upgrades so far. */
  joins = 0;
  /** Queries of the upgrades. */
  readonly queries: URLSearchParams[] = [];
  /** Requests that came, by case. */
  readonly heard: string[] = [];
  readonly #options: ImpostorOptions;
  readonly #http: Server = createServer((request, response) => this.#answer(request.url ?? "", response));
  readonly #sockets = new WebSocketServer({ noServer: true });

  private constructor(options: ImpostorOptions) {
    this.#options = options;
    this.#http.on("upgrade", (request: IncomingMessage, stream, head) => {
      if (options.status !== undefined) {
        stream.end(`HTTP/1.1 ${options.status} No\r\nConnection: close\r\n\r\n`);
        return;
      }
      this.#sockets.handleUpgrade(request, stream, head, (socket) => this.#joined(socket, request));
    });
  }

  static async open(options: ImpostorOptions = {}): Promise<Impostor> {
    const impostor = new Impostor(options);
    impostor.#http.listen(0, "127.0.0.1");
    await once(impostor.#http, "listening");
    return impostor;
  }

  /** What a recorder is given. */
  get access(): { url: string; apiKey: string; apiSecret: string } {
    return {
      url: `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`,
      apiKey: "key",
      apiSecret: "a-secret-that-is-long-enough-for-it",
    };
  }

  get connections(): number {
    return this.#sockets.clients.size;
  }

  /** Says something to everybody. */
  say(message: Message): void {
    for (const socket of this.#sockets.clients) socket.send(new SignalResponse({ message }).toBinary());
  }

  /** Closes all connections as LiveKit does when it has nothing more to say. */
  hangUp(): void {
    for (const socket of this.#sockets.clients) socket.close(1000);
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async close(): Promise<void> {
    this.cut();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #answer(path: string, response: ServerResponse): void {
    const { rooms, status = 404 } = this.#options;
    if (!path.endsWith("/ListRooms") || rooms === undefined) return void response.writeHead(status).end();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ rooms: rooms.map((name) => ({ name })) }));
  }

  #joined(socket: WebSocket, request: IncomingMessage): void {
    this.joins += 1;
    this.queries.push(new URL(request.url ?? "", "http://localhost").searchParams);
    socket.on("message", (data: Buffer) => this.heard.push(SignalRequest.fromBinary(data).message.case ?? ""));
    if (this.#options.mute) return;
    const mimeType = this.#options.codec ?? "video/H264";
    const screen = new TrackInfo({ sid: "TR_screen", type: TrackType.VIDEO, source: TrackSource.SCREEN_SHARE, mimeType });
    const join = new JoinResponse({
      participant: new ParticipantInfo({ sid: "PA_own", identity: "recorder" }),
      otherParticipants: [new ParticipantInfo({ sid: "PA_anna", identity: "anna", tracks: [screen] })],
      serverVersion: this.#options.version ?? "1.13.5",
      pingInterval: 1,
      pingTimeout: 2,
      subscriberPrimary: true,
    });
    socket.send(new SignalResponse({ message: { case: "join", value: join } }).toBinary());
  }
}
