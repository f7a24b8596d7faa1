/** A participant of a LiveKit room that shares a film as its screen, in real time; it also tells what it sees of the room. */
import { rtpTicks, wallMs } from "@livekit-replay/contract";
import type { FilmFiles } from "../film/files.js";
import { FrameLog } from "../publish/frame-log.js";
import { PublishProcess } from "./publish-process.js";
import type { LivekitServer, TokenOptions } from "./server.js";
import type { PublisherEvent, RoomView, ShareCounts, ShareIds } from "./wire.js";

/** Options of `LivekitPublisher.join`. */
export interface JoinOptions extends TokenOptions {
  readonly server: Pick<LivekitServer, "url" | "token">;
  /** A process that holds others as well: for load. Default: one of its own. */
  readonly process?: PublishProcess;
  /**
   * Receives what others publish, and writes the picture of each track into this folder: `<sid>.h264` (Annex B) or `<sid>.ivf`, with the RTP
   * timestamp of each frame in a line of `<sid>.txt` (`readWatched`). The blank frames that the SFU ends a track with are left out,
   * and what it begins a higher layer with. Default: it subscribes to nothing.
   */
  readonly watchFolder?: string;
}

/** Options of `LivekitPublisher.publish`. */
export interface ShareOptions {
  /** One film, or the layers of simulcast from low to high: films of the same timing and codec. */
  readonly film: FilmFiles | readonly FilmFiles[];
  /** Whether the film's sound is published too. Default: when it has some. */
  readonly sound?: boolean;
  /** Published as camera and microphone instead. */
  readonly camera?: boolean;
  readonly name?: string;
  /** The tracks say that they are end-to-end encrypted. Their bytes are not. */
  readonly encrypted?: boolean;
  /**
   * When a keyframe is asked for: `wait` lets the film's next one come, so that every frame is sent; `jump` leaves out the frames before it
   * (of the picture alone, so picture and sound no longer fit together); `answer` sends the next frame or one of the next as a keyframe, as
   * a browser does: within 0.1 s, at most once in 0.3 s, and every frame is sent. It needs films of `makeAnsweringFilm`. Default `wait`.
   */
  readonly onPli?: "wait" | "jump" | "answer";
  /** Whether `log` is kept. Default true; costs a little for each frame. */
  readonly log?: boolean;
}

/** Which of a share's tracks. */
export type ShareKind = "video" | "audio";

const MAX_EVENTS = 1_000;

function videoOf(film: ShareOptions["film"]): object {
  const layers: readonly FilmFiles[] = "codec" in film ? [film] : film;
  const [first] = layers;
  if (!first) throw new TypeError("film: must be at least one");
  if (layers.some(({ codec, frames, frameRate }) => codec !== first.codec || frames !== first.frames || frameRate !== first.frameRate))
    throw new TypeError("film: layers must have the same codec, frames and frame rate");
  return {
    codec: first.codec,
    frameRate: first.frameRate,
    layers: layers.map(({ picturePath, otherPaths, width, height }) => ({ file: picturePath, others: otherPaths, width, height })),
  };
}

const soundOf = (film: ShareOptions["film"]): string | null => ("codec" in film ? film : film.at(-1))?.soundPath ?? null;

/**
 * A participant. Picture and sound keep the film's time while they are muted, so that they fit together afterwards; an unmuted picture begins at
 * the film's next keyframe. After a restart of livekit-server it joins again by itself and goes on. `close` leaves; it may be called more than once.
 */
export class LivekitPublisher {
  readonly identity: string;
  readonly room: string;
  /** What was sent and when, over all of its shares; up to date within 100 ms, or after `flush`. */
  readonly log = new FrameLog();
  readonly #process: PublishProcess;
  readonly #ownsProcess: boolean;
  readonly #participant: number;
  readonly #events: PublisherEvent[] = [];
  readonly #seen = new Set<string>();
  readonly #disconnected = Promise.withResolvers<string>();
  #sound: string | null = null;
  #recording = false;
  #wasRecording = false;
  #left = false;

  private constructor(process: PublishProcess, { identity, room, process: given }: JoinOptions) {
    this.identity = identity;
    this.room = room;
    this.#process = process;
    this.#ownsProcess = given === undefined;
    this.#participant = process.addParticipant((event) => this.#hear(event));
  }

  /**
   * Joins a room and resolves when it is in.
   * @throws Error with the server's words when it is refused.
   */
  static async join(options: JoinOptions): Promise<LivekitPublisher> {
    const publisher = new LivekitPublisher(options.process ?? (await PublishProcess.start()), options);
    try {
      const token = await options.server.token(options);
      const view = (await publisher.#do("join", { url: options.server.url, token, folder: options.watchFolder ?? "" })) as RoomView;
      for (const { identity } of view.others) publisher.#seen.add(identity);
      publisher.#setRecording(view.recording);
      return publisher;
    } catch (error) {
      await publisher.close();
      throw error;
    }
  }

  /** Of the process that it lives in. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Whether the room says that it is being recorded. */
  get recording(): boolean {
    return this.#recording;
  }

  /** Whether the room ever said so. */
  get wasRecording(): boolean {
    return this.#wasRecording;
  }

  /** The identities of all others that this participant ever saw in the room. */
  get seen(): ReadonlySet<string> {
    return this.#seen;
  }

  /** What it told by itself, without frames: the last 1,000. */
  get events(): readonly PublisherEvent[] {
    return this.#events;
  }

  /** Resolves when it is out of the room for good: with "left", "vanished", or LiveKit's reason. Never rejects. */
  get disconnected(): Promise<string> {
    return this.#disconnected.promise;
  }

  /** Shares a film, and resolves once it is being sent. */
  async publish(options: ShareOptions): Promise<ShareIds> {
    const { film, camera = false, name = "screen", encrypted = false, onPli = "wait", log = true } = options;
    this.#sound = soundOf(film);
    const sound = (options.sound ?? true) && this.#sound !== null ? { sound: this.#sound } : {};
    return (await this.#do("publish", { video: videoOf(film), camera, name, encrypted, onPli, log, ...sound })) as ShareIds;
  }

  /** Publishes the film's sound, at the place where the picture is, for a share that began without. */
  async addSound(): Promise<ShareIds> {
    if (this.#sound === null) throw new TypeError("film: has no sound");
    return (await this.#do("sound", { sound: this.#sound })) as ShareIds;
  }

  /** Mutes a track or lets it go on, as a person does: no packets, and the room is told. */
  async setMuted(kind: ShareKind, on: boolean): Promise<void> {
    await this.#do("mute", { kind, on });
  }

  /** Goes on with another film of the same timing and codec in the same track, at its next keyframe: a change of resolution. */
  async changeFilm(film: ShareOptions["film"]): Promise<void> {
    await this.#do("film", { video: videoOf(film) });
  }

  /**
   * Asks for a keyframe (PLI) of every picture that it watches.
   * @throws Error when there is none.
   */
  async askForKeyframe(): Promise<void> {
    await this.#do("ask");
  }

  /** Ends the share, or its sound alone. The participant stays and can publish again. */
  async unpublish(kind: ShareKind = "video"): Promise<void> {
    await this.#do("unpublish", { kind });
  }

  /** The room as it sees it now. */
  async look(): Promise<RoomView> {
    return (await this.#do("look")) as RoomView;
  }

  async counts(): Promise<ShareCounts> {
    return (await this.#do("counters")) as ShareCounts;
  }

  /** Brings `log` up to date. */
  async flush(): Promise<void> {
    await this.#do("flush");
  }

  /** Leaves the room with a goodbye. */
  async leave(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    await this.#do("leave");
    this.#disconnected.resolve("left");
  }

  /** Is gone without a word, as a browser that crashed. Takes all participants of its process with it. */
  async vanish(): Promise<void> {
    this.#left = true;
    await this.#process.vanish();
    this.#disconnected.resolve("vanished");
  }

  /** Neither sends nor answers until `thaw`, as a laptop that sleeps; all participants of its process. */
  freeze(): void {
    this.#process.freeze();
  }

  thaw(): void {
    this.#process.thaw();
  }

  async close(): Promise<void> {
    if (this.#ownsProcess) await this.#process.close();
    else await this.leave().catch(() => undefined);
  }

  #do(verb: string, more: object = {}): Promise<unknown> {
    return this.#process.command(this.#participant, verb, more);
  }

  #setRecording(on: boolean): void {
    this.#recording = on;
    this.#wasRecording ||= on;
  }

  #hear(event: PublisherEvent): void {
    if (event.event === "frames") {
      for (const [number, timestamp, due, sent] of event.frames)
        this.log.add({ number, timestamp: rtpTicks(timestamp), due: wallMs(due), sent: wallMs(sent) });
      return;
    }
    this.#events.push(event);
    if (this.#events.length > MAX_EVENTS) this.#events.shift();
    if (event.event === "joined") this.#seen.add(event.identity);
    if (event.event === "recording") this.#setRecording(event.on);
    if (event.event === "disconnected") this.#disconnected.resolve(event.reason);
  }
}
