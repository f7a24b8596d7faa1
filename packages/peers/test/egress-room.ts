/** Everything that a test of the stand-in for egress needs: Redis, livekit-server, somebody who shares, and who listens to webhooks. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EgressClient, type EgressInfo, SegmentedFileOutput, type TrackCompositeOptions, WebhookReceiver } from "livekit-server-sdk";
import { expect } from "vitest";
import { EgressStandIn, type EgressStandInOptions } from "../src/egress/stand-in.js";
import type { FilmFiles } from "../src/film/files.js";
import { LivekitPublisher } from "../src/livekit/publisher.js";
import { LivekitServer } from "../src/livekit/server.js";
import type { ShareIds } from "../src/livekit/wire.js";
import { RedisServer } from "../src/redis/server.js";

/** A webhook as livekit-server sent it, its signature checked. */
export interface Hook {
  readonly event: string;
  readonly egressInfo?: Record<string, unknown>;
  readonly participant?: Record<string, unknown>;
}

/** Somebody who shares. */
export interface Share {
  readonly publisher: LivekitPublisher;
  readonly room: string;
  readonly tracks: ShareIds;
}

type Options = Pick<TrackCompositeOptions, "encodingOptions">;

const ANSWER_LIMIT_SECONDS = 60;

/** livekit-server, Redis and what stands around them. `tidy` ends what a test started, `close` everything. */
export class EgressRoom {
  readonly livekit: LivekitServer;
  readonly client: EgressClient;
  readonly hooks: Hook[] = [];
  readonly #redis: RedisServer;
  readonly #listener: Server;
  readonly #open: { close(): Promise<void> }[] = [];
  #rooms = 0;

  private constructor(redis: RedisServer, livekit: LivekitServer, listener: Server) {
    this.#redis = redis;
    this.livekit = livekit;
    this.#listener = listener;
    this.client = new EgressClient(livekit.httpUrl, livekit.apiKey, livekit.apiSecret, { requestTimeout: ANSWER_LIMIT_SECONDS });
  }

  static async open(): Promise<EgressRoom> {
    const redis = await RedisServer.start();
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
    const livekit = await LivekitServer.start({ redisAddress: redis.address, webhookUrls: [address] });
    const room = new EgressRoom(redis, livekit, listener);
    listener.on("request", (request, response) => {
      let body = "";
      request.setEncoding("utf8");
      request.on("data", (text: string) => (body += text));
      request.on("end", () => {
        const check = new WebhookReceiver(livekit.apiKey, livekit.apiSecret).receive(body, request.headers.authorization);
        void check.then(() => room.hooks.push(JSON.parse(body) as Hook));
        response.end();
      });
    });
    return room;
  }

  async worker(options: Partial<EgressStandInOptions> = {}): Promise<EgressStandIn> {
    const { url: livekitUrl, apiKey, apiSecret } = this.livekit;
    const worker = await EgressStandIn.start({ redisUrl: this.#redis.url, livekitUrl, apiKey, apiSecret, speed: 10, ...options });
    this.#open.push(worker);
    return worker;
  }

  async share(film: FilmFiles): Promise<Share> {
    this.#rooms += 1;
    const room = `studio-${this.#rooms}`;
    const publisher = await LivekitPublisher.join({ server: this.livekit, room, identity: "user-0" });
    this.#open.push(publisher);
    return { publisher, room, tracks: await publisher.publish({ film }) };
  }

  /** A folder of its own for a recording. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "egress-standin-test-"));
    // Goes last: a worker that is closed still writes its last segment.
    this.#open.unshift({ close: () => rm(folder, { recursive: true, force: true }) });
    return folder;
  }

  /** Asks for a recording as the product does. */
  async request(share: Pick<Share, "room" | "tracks">, folder: string, segmentDuration = 1, options: Options = {}): Promise<EgressInfo> {
    const segments = new SegmentedFileOutput({
      filenamePrefix: `${folder}/segment`,
      playlistName: `${folder}/full.m3u8`,
      livePlaylistName: `${folder}/live.m3u8`,
      segmentDuration,
    });
    const { videoSid = "", audioSid = "" } = share.tracks;
    return await this.client.startTrackCompositeEgress(
      share.room,
      { segments },
      { videoTrackId: videoSid, audioTrackId: audioSid, ...options },
    );
  }

  /** What LiveKit says of a recording. */
  async listed(egressId: string): Promise<EgressInfo> {
    const [info] = await this.client.listEgress({ egressId });
    if (!info) throw new Error(`LiveKit does not list ${egressId}`);
    return info;
  }

  /** The webhooks about a recording, its coming and going in the room among them. */
  told(egressId: string): Hook[] {
    return this.hooks.filter(
      ({ egressInfo, participant }) => egressInfo?.["egressId"] === egressId || participant?.["identity"] === egressId,
    );
  }

  async tidy(): Promise<void> {
    for (const item of this.#open.splice(0).reverse()) await item.close();
    this.hooks.length = 0;
  }

  async close(): Promise<void> {
    await this.tidy();
    await this.livekit.close();
    await this.#redis.close();
    this.#listener.close();
  }
}

/** Waits until something is so. */
export async function until(condition: () => boolean | Promise<boolean>, timeout = 10_000): Promise<void> {
  await expect.poll(condition, { timeout, interval: 20 }).toBe(true);
}

/** The segments of a folder, in order. */
export const segmentsOf = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith(".ts")).toSorted();

/** A playlist with its instants and durations put aside, once their form is checked. */
export async function formOf(folder: string, name: string): Promise<string> {
  const text = await readFile(join(folder, name), "utf8");
  return text
    .replaceAll(/(PROGRAM-DATE-TIME:)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z/g, "$1T")
    .replaceAll(/(EXTINF:)\d+\.\d{3},/g, "$1D,");
}

/** The entries of segments in that form. */
export const entries = (from: number, to: number): string =>
  Array.from(
    { length: to - from + 1 },
    (_, index) => `#EXT-X-PROGRAM-DATE-TIME:T\n#EXTINF:D,\nsegment_${String(from + index).padStart(5, "0")}.ts\n`,
  ).join("");
