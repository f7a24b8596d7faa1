/** Real recorder processes in rooms of a real livekit-server, for tests. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SegmentEntry } from "@livekit-replay/contract";
import {
  type ClipReading,
  checkSequence,
  type FilmFiles,
  type JoinOptions,
  LivekitPublisher,
  LivekitServer,
  type LivekitServerOptions,
  runForText,
} from "@livekit-replay/peers";
import { RoomServiceClient } from "livekit-server-sdk";
import { expect, vi } from "vitest";
import { newId } from "../src/platform/ids.js";
import type { RecorderEvent, RecordOptions } from "../src/recorders/port.js";
import { RecorderWorld } from "./recorder-world.js";

export type ShareEvent = Extract<RecorderEvent, { type: "share" }>;

/** A session of the tests: it writes into the world's one folder. */
export interface Recorded {
  readonly sessionId: string;
  readonly identity: string;
}

/** A livekit-server, a recorder and whoever joins; `close` ends all of it. */
export class PassthroughWorld {
  readonly livekit: LivekitServer;
  readonly recorders: RecorderWorld;
  readonly #open: { close(): Promise<void> }[] = [];
  /** How many of them are no participants. */
  #givens = 0;

  private constructor(livekit: LivekitServer, recorders: RecorderWorld) {
    this.livekit = livekit;
    this.recorders = recorders;
  }

  /** A livekit-server that is given is not closed. */
  static async open(
    options: Parameters<typeof RecorderWorld.open>[0] & { given?: LivekitServer; server?: LivekitServerOptions } = {},
  ): Promise<PassthroughWorld> {
    const { given, server, ...more } = options;
    const livekit = given ?? (await LivekitServer.start(server));
    const { url, apiKey, apiSecret } = livekit;
    const recorders = await RecorderWorld.open({ livekit: { url, apiKey, apiSecret }, ...more }).catch(async (error: unknown) => {
      if (!given) await livekit.close();
      throw error;
    });
    const made = new PassthroughWorld(livekit, recorders);
    if (!given) made.#open.push(livekit);
    made.#givens = made.#open.length;
    return made;
  }

  async close(): Promise<void> {
    await this.recorders.close();
    for (const item of this.#open.toReversed()) await item.close();
  }

  /** Somebody joins the world's room. */
  async join(identity: string, options: Partial<JoinOptions> = {}): Promise<LivekitPublisher> {
    const publisher = await LivekitPublisher.join({ server: this.livekit, room: this.room, identity, ...options });
    this.#open.push(publisher);
    return publisher;
  }

  get room(): string {
    return this.recorders.place.roomName;
  }

  /** Everything that follows is in a room of its own; whoever is in the old one leaves it. */
  async enter(roomName: string): Promise<void> {
    for (const item of this.#open.splice(this.#givens).toReversed()) await item.close();
    this.recorders.place = { roomName, userId: "alice" };
  }

  /** LiveKit's own view of things. */
  get rooms(): RoomServiceClient {
    return new RoomServiceClient(this.livekit.httpUrl, this.livekit.apiKey, this.livekit.apiSecret);
  }

  /** Whether LiveKit says that the room is being recorded; null when it is not there. */
  async isRecorded(): Promise<boolean | null> {
    const [room] = await this.rooms.listRooms([this.room]);
    return room?.activeRecording ?? null;
  }

  /** Asks for a session of somebody's share. Rejects as the recorder does. */
  async record(identity: string, options: Partial<RecordOptions> = {}): Promise<Recorded> {
    const sessionId = options.sessionId ?? newId();
    await this.recorders.recorder.record({
      ...this.recorders.place,
      sessionId,
      identity,
      videoTrackId: null,
      audioTrackId: null,
      firstRun: 0,
      firstRunReason: "start",
      ...options,
    });
    return { sessionId, identity };
  }

  /** People join and share a film; a session of each has closed a segment. */
  async sharing(film: FilmFiles, ...names: string[]): Promise<Recorded[]> {
    const people = await Promise.all(names.map((name) => this.join(name)));
    for (const person of people) await person.publish({ film });
    const sessions = await Promise.all(names.map((name) => this.record(name)));
    for (const { sessionId } of sessions) await this.recorders.segmentCount(sessionId, 1);
    return sessions;
  }

  /** A run as its files have it: readable, each frame of the film once and in order. */
  async whole(film: FilmFiles, { sessionId, run }: { readonly sessionId: string; readonly run: number }): Promise<ClipReading> {
    const clip = await this.recorders.decode(sessionId, run);
    expect(clip.complaints).toEqual([]);
    expect(checkSequence(clip.frames, film.frames)).toEqual({ unreadable: 0, repeated: 0, outOfOrder: 0, missing: 0, jumps: [] });
    return clip;
  }

  /** What was told of a session's share, in order. */
  shares(sessionId: string): ShareEvent[] {
    return this.recorders.events.filter((event): event is ShareEvent => event.type === "share" && event.sessionId === sessionId);
  }

  /** Waits until its share is said to be in that state, `times` times over. */
  async share(sessionId: string, state: ShareEvent["state"], { limitMs = 10_000, times = 1 } = {}): Promise<ShareEvent> {
    const found = (): ShareEvent | undefined => this.shares(sessionId).filter((event) => event.state === state)[times - 1];
    return vi.waitUntil(found, { timeout: limitMs, interval: 20 });
  }

  /** The widths of a run's pictures, in the order in which they came. */
  async widths(sessionId: string, run: number): Promise<number[]> {
    const segments = this.recorders.segments(sessionId).filter((segment) => segment.run === run);
    const names = [`init-${run}.mp4`, ...segments.map(({ number }) => `segment-${run}-${number}.m4s`)];
    const path = join(this.recorders.root, `sizes-${newId()}.mp4`);
    await writeFile(path, Buffer.concat(await Promise.all(names.map((name) => readFile(join(this.recorders.folder(sessionId), name))))));
    const what = ["-v", "error", "-select_streams", "v", "-show_entries", "frame=width", "-of", "csv=p=0"];
    const text = await runForText("ffprobe", [...what, path]);
    return [...new Set(text.split("\n").flatMap((line) => Number.parseInt(line, 10) || []))];
  }

  /** Numbers of the runs that were announced, in order. */
  runs(sessionId: string): { run: number; reason: SegmentEntry["runReason"] }[] {
    const runs = new Map<number, SegmentEntry["runReason"]>();
    for (const { run, runReason } of this.recorders.segments(sessionId)) runs.set(run, runReason);
    return [...runs].map(([run, reason]) => ({ run, reason }));
  }
}
