/** The HTTP API as the peers use it: signed in as one person, every answer checked by the contract's schemas. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import {
  type CaptureInput,
  type Clip,
  clipSchema,
  demoSignInAnswerSchema,
  type RoomStatus,
  roomStatusSchema,
  type Session,
  sessionSchema,
} from "@livekit-replay/contract";

/** The server refused; `status` and `body` are as they came. */
export class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";
  readonly status: number;
  readonly body: string;

  constructor(what: string, status: number, body: string) {
    super(`${what}: ${status} ${body.slice(0, 300)}`);
    this.status = status;
    this.body = body;
  }
}

/** One person's calls. */
export class Api {
  readonly token: string;
  readonly #url: string;

  /** `url` is the server's address without a path. */
  constructor(url: string, token: string) {
    this.#url = url;
    this.token = token;
  }

  /** Signs in as one of the demo people. Throws `ApiRefusal` where there is no demo. */
  static async signIn(url: string, userId: string): Promise<Api> {
    const response = await fetch(`${url}/livekit-replay/demo/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ userId }),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiRefusal("demo/sign-in", response.status, text);
    return new Api(url, demoSignInAnswerSchema.parse(JSON.parse(text)).token);
  }

  /** Where a room is published to. */
  whipUrl(roomName: string): string {
    return `${this.#url}/livekit-replay/whip/${encodeURIComponent(roomName)}`;
  }

  async status(roomName: string): Promise<RoomStatus> {
    return roomStatusSchema.parse(await this.#json("GET", `status/${encodeURIComponent(roomName)}`));
  }

  /** Begins to keep what the person shares. */
  async start(roomName: string): Promise<Session> {
    return sessionSchema.parse(await this.#json("POST", "start", { roomName }));
  }

  /** Captures; with `waitSeconds` the answer comes when the MP4 is there, or after that time. */
  async capture(body: CaptureInput, waitSeconds?: number): Promise<Clip> {
    const headers: Record<string, string> = waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` };
    return clipSchema.parse(await this.#json("POST", "capture", body, headers));
  }

  async clip(id: string): Promise<Clip> {
    return clipSchema.parse(await this.#json("GET", `clips/${id}`));
  }

  /** The clip once its MP4 is there. Throws when that takes longer than the limit or the clip is lost. */
  async readyClip(id: string, limitMs: number): Promise<Clip> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const clip = await this.clip(id);
      if (clip.state === "ready") return clip;
      if (clip.state !== "pinned" || performance.now() > deadline) throw new Error(`Clip ${id} is ${clip.state}, not ready`);
      await delay(250);
    }
  }

  /** An address of an answer's `links`, absolute. */
  absolute(link: string): string {
    return new URL(link, this.#url).href;
  }

  /** Saves a clip's MP4. */
  async download(clip: Clip, path: string): Promise<void> {
    const response = await fetch(this.absolute(clip.links.download), { headers: { authorization: `Bearer ${this.token}` } });
    if (!response.ok || !response.body) throw new ApiRefusal("download", response.status, await response.text());
    await pipeline(Readable.fromWeb(response.body), createWriteStream(path));
  }

  async #json(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown> {
    const response = await fetch(`${this.#url}/livekit-replay/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiRefusal(path, response.status, text);
    return JSON.parse(text) as unknown;
  }
}
