/** A small WHIP endpoint of its own for testing the publisher: takes every offer, keeps the packets, asks for what it is told to. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { PeerConnection, type Track } from "node-datachannel";

/** One packet of RTP or RTCP, as it came. */
export interface Received {
  readonly bytes: Buffer;
  readonly atMs: number;
}

const isRtcp = (bytes: Buffer): boolean => (bytes[1] ?? 0) >= 192 && (bytes[1] ?? 0) <= 223;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

export class WhipReceiver {
  readonly #server: Server;
  readonly #peers: PeerConnection[] = [];
  readonly #tracks = new Map<string, Track>();
  readonly offers: string[] = [];
  readonly requests: string[] = [];
  readonly fragments: string[] = [];
  readonly rtp = { video: [] as Received[], audio: [] as Received[] };
  readonly rtcp = { video: [] as Received[], audio: [] as Received[] };

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<WhipReceiver> {
    const server = createServer();
    const receiver = new WhipReceiver(server);
    server.on("request", (request, response) => {
      void receiver.#answer(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/whip/room`;
  }

  /** Sends RTCP on a track. */
  send(kind: "video" | "audio", packet: Buffer): void {
    this.#tracks.get(kind)?.sendMessageBinary(packet);
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const body = await bodyOf(request);
    this.requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    if (request.method === "PATCH") {
      this.fragments.push(body);
      for (const line of body.split("\r\n"))
        if (line.startsWith("a=candidate:")) this.#peers.at(-1)?.addRemoteCandidate(line.slice(2), "0");
      return { status: 204, headers: {}, body: "" };
    }
    if (request.method === "DELETE") return { status: 200, headers: {}, body: "" };
    if (request.url?.endsWith("?refuse")) return { status: 403, headers: {}, body: "no" };
    if (!body.startsWith("v=0")) return { status: 400, headers: {}, body: "no SDP" };
    this.offers.push(body);
    return {
      status: 201,
      headers: { "content-type": "application/sdp", location: "/whip/resource/1", etag: '"1"' },
      body: await this.#accept(body),
    };
  }

  #accept(offer: string): Promise<string> {
    const peer = new PeerConnection("receiver", {
      iceServers: [],
      bindAddress: "127.0.0.1",
      disableAutoNegotiation: true,
      forceMediaTransport: true,
    });
    this.#peers.push(peer);
    peer.onTrack((track) => this.#keep(track));
    return new Promise((resolve) => {
      peer.onGatheringStateChange((state) => {
        const description = state === "complete" ? peer.localDescription() : null;
        if (description) resolve(description.sdp);
      });
      peer.setRemoteDescription(offer, "offer");
      peer.setLocalDescription("answer");
    });
  }

  #keep(track: Track): void {
    const kind = track.type() === "video" ? "video" : "audio";
    this.#tracks.set(kind, track);
    track.onMessage((bytes) => {
      const kept = { bytes: Buffer.from(bytes), atMs: performance.now() };
      (isRtcp(bytes) ? this.rtcp : this.rtp)[kind].push(kept);
    });
  }
}
