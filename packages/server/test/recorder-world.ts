/** A recorder with real child processes, a storage root of its own and a small WHIP front, for tests. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReplayError, type SegmentEntry } from "@livekit-replay/contract";
import { type ClipReading, readClip, WhipPublisher, type WhipPublisherOptions } from "@livekit-replay/peers";
import { vi } from "vitest";
import { newId } from "../src/platform/ids.js";
import type { RecorderEvent } from "../src/recorders/port.js";
import { createRecorder } from "../src/recorders/supervisor/create.js";
import type { Recorder, RecorderOptions } from "../src/recorders/supervisor/options.js";

export type PublicationEvent = Extract<RecorderEvent, { type: "publication" }>;

/** A line of the server's log. */
export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly fields: object;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Where and as whom the tests record. */
export interface Place {
  readonly roomName: string;
  readonly userId: string;
}

/** Everything that a recorder test needs; `close` removes all of it. */
export class RecorderWorld {
  readonly events: RecorderEvent[] = [];
  readonly logged: readonly LoggedLine[];
  place: Place = { roomName: "studio", userId: "alice" };
  /** What the front serves to `GET`: the page of a browser that publishes. */
  page = "";
  readonly root: string;
  readonly recorder: Recorder;
  readonly #front: Server;
  readonly #open: { close(): Promise<void> }[] = [];

  private constructor(root: string, recorder: Recorder, front: Server, logged: readonly LoggedLine[]) {
    this.root = root;
    this.logged = logged;
    this.recorder = recorder;
    this.#front = front;
    recorder.on((event) => event.type !== "heartbeat" && this.events.push(event));
    front.on("request", (request, response) => {
      void this.#answer(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
    });
  }

  static async open(options: Partial<RecorderOptions> = {}): Promise<RecorderWorld> {
    const root = await mkdtemp(join(tmpdir(), "recorder-"));
    const logged: LoggedLine[] = [];
    const log = (level: string) => (fields: object, message: string) => void logged.push({ level, message, fields });
    const logger = { info: log("info"), warn: log("warn"), error: log("error") };
    const recorder = await createRecorder({
      root,
      host: "127.0.0.1",
      udpPort: null,
      publicIp: null,
      iceServers: [],
      segmentSeconds: 2,
      processes: 1,
      logger,
      ...options,
    }).catch(async (error: unknown) => {
      await rm(root, { recursive: true });
      throw error;
    });
    const front = createServer();
    front.listen(0, "127.0.0.1");
    await once(front, "listening");
    return new RecorderWorld(root, recorder, front, logged);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#front.address() as AddressInfo).port}`;
  }

  /** A real publisher, and the id of its publication. */
  async publish(options: Omit<WhipPublisherOptions, "url" | "token">): Promise<{ publisher: WhipPublisher; publicationId: string }> {
    const publisher = await WhipPublisher.publish({ url: `${this.url}/whip`, token: "test", ...options });
    this.#open.push(publisher);
    return { publisher, publicationId: new URL(publisher.resourceUrl).pathname.slice(1) };
  }

  /** Starts a new session on a publication. */
  async start(
    publicationId: string,
    options: { sessionId?: string; firstRun?: number; firstRunReason?: SegmentEntry["runReason"] } = {},
  ): Promise<string> {
    const sessionId = options.sessionId ?? newId();
    await this.recorder.start({
      publicationId,
      ...this.place,
      sessionId,
      firstRun: options.firstRun ?? 0,
      firstRunReason: options.firstRunReason ?? "start",
    });
    return sessionId;
  }

  segments(sessionId: string): SegmentEntry[] {
    return this.events.flatMap((event) => (event.type === "segment" && event.sessionId === sessionId ? [event.segment] : []));
  }

  publications(publicationId: string): PublicationEvent[] {
    return this.events.filter((event): event is PublicationEvent => event.type === "publication" && event.publicationId === publicationId);
  }

  /** Waits until a segment of that run was announced. */
  async runBegun(sessionId: string, run: number): Promise<void> {
    await vi.waitUntil(() => this.segments(sessionId).some((segment) => segment.run === run), { timeout: 10_000, interval: 20 });
  }

  /** Waits until an event is there that fits. */
  async event<E extends RecorderEvent>(fits: (event: RecorderEvent) => event is E, limitMs = 10_000): Promise<E> {
    return vi.waitUntil(() => this.events.find(fits), { timeout: limitMs, interval: 20 });
  }

  async publicationState(publicationId: string, state: PublicationEvent["state"], limitMs = 10_000): Promise<PublicationEvent> {
    return this.event(
      (event): event is PublicationEvent => event.type === "publication" && event.publicationId === publicationId && event.state === state,
      limitMs,
    );
  }

  async segmentCount(sessionId: string, count: number, limitMs = 20_000): Promise<void> {
    await vi.waitUntil(() => this.segments(sessionId).length >= count, { timeout: limitMs, interval: 20 });
  }

  folder(sessionId: string): string {
    return join(this.root, "replay-buffer", this.place.roomName, this.place.userId, sessionId);
  }

  /** Names of the session's files, sorted. */
  async files(sessionId: string): Promise<string[]> {
    return (await readdir(this.folder(sessionId))).sort();
  }

  /** Decodes the segments of a run that were announced, and then these files, in one piece. */
  async decode(sessionId: string, run: number, more: readonly string[] = []): Promise<ClipReading> {
    const names = this.segments(sessionId)
      .filter((segment) => segment.run === run)
      .map(({ number }) => `segment-${run}-${number}.m4s`);
    return this.decodeFiles(sessionId, [`init-${run}.mp4`, ...names, ...more]);
  }

  async decodeFiles(sessionId: string, names: readonly string[]): Promise<ClipReading> {
    const parts = await Promise.all(names.map((name) => readFile(join(this.folder(sessionId), name))));
    const path = join(this.root, `judged-${newId()}.mp4`);
    await writeFile(path, Buffer.concat(parts));
    return readClip(path);
  }

  /** The one recorder process. */
  get process(): { recorderId: string; pid: number; udpPort: number } {
    const [stats] = this.recorder.stats().processes;
    if (!stats || stats.pid === null || stats.udpPort === null) throw new Error("The recorder process is not up");
    return { recorderId: stats.recorderId, pid: stats.pid, udpPort: stats.udpPort };
  }

  async close(): Promise<void> {
    for (const item of this.#open.reverse()) await item.close();
    await this.recorder.close();
    this.#front.closeAllConnections();
    await new Promise((resolve) => this.#front.close(resolve));
    await rm(this.root, { recursive: true });
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const body = await bodyOf(request);
    const id = (request.url ?? "").slice(1);
    try {
      if (request.method === "GET") return { status: 200, headers: { "content-type": "text/html" }, body: this.page };
      if (request.method === "PATCH") await this.recorder.candidates(id, body);
      else if (request.method === "DELETE") await this.recorder.unpublish(id);
      else return await this.#offer(body);
      return { status: request.method === "PATCH" ? 204 : 200, headers: {}, body: "" };
    } catch (error) {
      if (error instanceof ReplayError) return { status: error.status, headers: {}, body: error.message };
      return { status: 500, headers: {}, body: String(error) };
    }
  }

  async #offer(sdp: string): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const publicationId = newId();
    const answer = await this.recorder.offer({ publicationId, ...this.place, sdp });
    return { status: 201, headers: { "content-type": "application/sdp", location: `/${publicationId}` }, body: answer.sdp };
  }
}
