/** The editor without a framework: the chosen part, the playhead, which of the three is being moved, and the picture that belongs to it. */
import { Value } from "../store/value.js";
import type { PlayerStore } from "../player/store.js";
import { FrameTable, offFrom, type Bounds, type Frame } from "./frames.js";
import { insideOf, isWhole, keepUp, moved, onFrame, roomOf, setTo, within, type End, type Part } from "./part.js";
import { Screen } from "./screen.js";
import type { TrimSource } from "./source.js";

/** What the keys and the picture follow. */
export type Active = End | "playhead";

/** What the editor shows. Times are the target's own, in ms. */
export interface TrimState {
  readonly part: Part;
  /** What there is to choose from; of a running buffer the beginning moves on. */
  readonly bounds: Bounds;
  readonly active: Active;
  readonly playheadMs: number;
  /** Playing goes round in the part. */
  readonly loop: boolean;
  /** The buffer has lost the beginning of the part: the start was moved by so much in all. */
  readonly lostMs: number;
  /** Nothing of the part is left in the buffer. */
  readonly gone: boolean;
  /** Frames could not be asked for. */
  readonly error: unknown;
  /** The person has moved an end. */
  readonly changed: boolean;
}

/** How a store is made. `part`: what is chosen at first. */
export interface TrimStoreOptions {
  readonly source: TrimSource;
  readonly player: PlayerStore;
  readonly part: Bounds;
}

/** The playhead stands on a frame when it is so near to it. */
const NEAR_MS = 0.01;
/** So far inside of it a picture surely lies in the piece of media that it begins. */
const SLACK_MS = 0.5;
/** A player's own rounding: rarely is any needed. */
const MOST_CORRECTIONS = 4;
const REST_MS = 150;
/** The end is met a little early, so that the frame behind it is not painted. */
const EARLY_MS = 4;

/** One editor. */
export class TrimStore {
  readonly value: Value<TrimState>;
  readonly screen: Screen;
  readonly #player: PlayerStore;
  readonly #frames: FrameTable;
  #source: TrimSource;
  /** Steps are done one after the other: each begins where the one before has led. */
  #steps: Promise<void> = Promise.resolve();
  #tick: number | undefined;
  #resolving = new Set<End>();
  #checking: ReturnType<typeof setTimeout> | undefined;
  /** How often the picture was put right since it was last sent somewhere. */
  #corrections = 0;
  #shown = false;

  constructor({ source, player, part }: TrimStoreOptions) {
    this.#source = source;
    this.#player = player;
    this.screen = new Screen(player);
    this.#frames = new FrameTable(
      (fromMs, lengthMs) => this.#source.ask(fromMs, lengthMs),
      () => this.#source.bounds,
    );
    this.value = new Value<TrimState>({
      part: { start: { ms: part.fromMs, frame: undefined }, end: { ms: part.toMs, frame: undefined } },
      bounds: source.bounds,
      active: "start",
      playheadMs: part.fromMs,
      loop: true,
      lostMs: 0,
      gone: false,
      error: undefined,
      changed: false,
    });
    this.screen.onRest = () => {
      // The frame of a seek before may be painted just now: what comes within a moment is the right one.
      clearTimeout(this.#checking);
      this.#checking = setTimeout(() => this.#correct(), REST_MS);
    };
  }

  /** Follows the player, and asks for the frames that the ends stand on. Answers how to end that. */
  open(): () => void {
    const unwatch = this.#player.value.subscribe(() => this.#playerChanged());
    this.#playerChanged();
    this.begin();
    return () => {
      unwatch();
      clearTimeout(this.#checking);
      this.#stopTicking();
    };
  }

  /** Asks for the frames that the ends stand on, as far as they are not known. */
  begin(): void {
    this.#settle("start");
    this.#settle("end");
  }

  /** The target as it is now: a clip whose MP4 is there, a buffer that has moved on. */
  update(source: TrimSource): void {
    this.#source = source;
    const { part, lostMs } = this.value.get();
    const kept = keepUp(part, source.bounds);
    this.#set({ bounds: source.bounds });
    if (kept === undefined) return this.#set({ gone: true });
    if (kept.lostMs > 0) this.#set({ part: kept.part, lostMs: lostMs + kept.lostMs });
    this.begin();
  }

  /** Moves an end to where the pointer is; its frame follows. */
  drag(end: End, ms: number): void {
    this.pause();
    const { part, bounds } = this.value.get();
    const at = within(roomOf(part, bounds, end), ms);
    this.#set({ part: moved(part, end, { ms: at, frame: undefined }), active: end, changed: true });
    this.#showAt(end === "end" ? at - NEAR_MS : at);
    this.#settle(end);
  }

  /** Moves the playhead to where the pointer is. */
  seek(ms: number): void {
    this.pause();
    const at = within(this.value.get().bounds, ms);
    this.#set({ active: "playhead", playheadMs: at });
    this.#showAt(at);
  }

  /** What keys move from now on. */
  activate(active: Active): void {
    if (this.value.get().active === active) return;
    this.#set({ active });
    this.#showActive();
  }

  setLoop(loop: boolean): void {
    this.#set({ loop });
  }

  /** One frame on (1) or back (-1), for whatever is active. */
  step(by: 1 | -1): void {
    this.pause();
    this.#then(async () => {
      const { active } = this.value.get();
      const frame = await this.#standing(active);
      if (frame === undefined) return;
      const other = await this.#beside(frame, by);
      if (other === undefined) return;
      if (active === "playhead") this.#set({ playheadMs: other.atMs });
      else this.#place(active, other, true);
      this.#showActive();
    });
  }

  /** By time, for whatever is active; by one frame at least. */
  move(byMs: number): void {
    this.pause();
    this.#then(async () => {
      const { active, part, playheadMs } = this.value.get();
      if (active === "playhead") return this.seek(playheadMs + byMs);
      const now = active === "start" ? part.start.ms : part.end.ms - NEAR_MS;
      const there = await this.#frames.at(now + byMs);
      // One picture of a still screen may stand for longer than that: whoever moves gets to another one.
      const stays = there !== undefined && there.atMs === (await this.#standing(active))?.atMs;
      const frame = stays ? ((await this.#beside(there, byMs)) ?? there) : there;
      if (frame !== undefined) this.#place(active, frame, true);
      this.#showActive();
    });
  }

  /** To the beginning or the end of what there is, for whatever is active. */
  moveTo(where: "first" | "last"): void {
    const { bounds } = this.value.get();
    this.move(where === "first" ? bounds.fromMs - bounds.toMs : bounds.toMs - bounds.fromMs);
  }

  /** The end stands where the playhead is from now on. While it plays, that is the picture on the screen. */
  setHere(end: End): void {
    this.#then(async () => {
      const frame = await this.#frames.at(this.#hereMs());
      if (frame === undefined) return;
      this.#set({ part: setTo(this.value.get().part, end, frame), changed: true });
      if (!this.#player.value.get().playing) this.activate(end);
    });
  }

  /** Plays from the playhead; in a loop, in the part. */
  play(): void {
    const { part, loop, active, playheadMs } = this.value.get();
    const from = active === "start" ? part.start.ms : playheadMs;
    const outside = from < part.start.ms - NEAR_MS || from >= part.end.ms - EARLY_MS * 3;
    const begin = active === "end" || (loop && outside) ? part.start.ms : from;
    this.#set({ active: "playhead", playheadMs: begin });
    this.#then(async () => {
      const frame = await this.#frames.at(begin);
      this.#showAt(frame === undefined ? begin : insideOf(frame));
      void this.#player.play();
    });
  }

  pause(): void {
    if (this.#player.value.get().playing) this.#set({ playheadMs: this.#hereMs() });
    this.#player.pause();
  }

  toggle(): void {
    if (this.#player.value.get().playing) this.pause();
    else this.play();
  }

  /** The part, when both ends stand on frames. */
  get whole(): Part | undefined {
    const { part } = this.value.get();
    // A capture's range is told in whole ms, so that it has two frames at least.
    return isWhole(part, this.#source.kind === "clip" ? 1 : 2) ? part : undefined;
  }

  /** The frame that the picture shall show: that of the active end, or the one at the playhead. */
  get wanted(): Frame | undefined {
    const { active, part, playheadMs } = this.value.get();
    return active === "playhead" ? this.#frames.known(playheadMs) : part[active].frame;
  }

  /** By how much the picture is not the wanted one, in ms: 0 when it is; undefined when nothing can be told. */
  get offBy(): number | undefined {
    const { wanted } = this;
    const painted = this.screen.painted.get();
    const own = painted === undefined ? undefined : this.#source.toOwn(this.#player.value.get(), painted + SLACK_MS / 1000);
    if (wanted === undefined || own === undefined) return undefined;
    return offFrom(wanted, own - SLACK_MS);
  }

  /** A player that has come to rest at another frame is sent there again; one that rounds to a neighbour, a little further. */
  #correct(): void {
    const off = this.offBy;
    const { wanted } = this;
    const player = this.#player.value.get();
    if (off === undefined || off === 0 || wanted === undefined || player.playing || this.#corrections >= MOST_CORRECTIONS) return;
    this.#corrections += 1;
    const positionS = this.#source.toPosition(player, insideOf(wanted) + (this.#corrections > 1 ? off : 0));
    if (positionS !== undefined) this.screen.show(positionS);
  }

  /** What the picture shows: while it plays the frame of the moment, else that of what is active. */
  #hereMs(): number {
    const player = this.#player.value.get();
    const { positionS } = this.screen;
    const here = player.playing && positionS !== undefined ? this.#source.toOwn(player, positionS) : undefined;
    const { active, part, playheadMs } = this.value.get();
    if (here !== undefined) return here;
    if (active === "playhead") return playheadMs;
    return active === "start" ? part.start.ms : part.end.ms - NEAR_MS;
  }

  /** The next frame where `way` is positive, else the one before; undefined where there is none. */
  async #beside(frame: Frame, way: number): Promise<Frame | undefined> {
    return way > 0 ? await this.#frames.next(frame) : await this.#frames.previous(frame);
  }

  async #standing(active: Active): Promise<Frame | undefined> {
    const { part, playheadMs } = this.value.get();
    if (active === "playhead") return await this.#frames.at(playheadMs);
    return part[active].frame ?? (await this.#frames.at(active === "start" ? part.start.ms : part.end.ms - NEAR_MS));
  }

  /** Puts an end onto a frame, as far as the other end allows. `byHand`: the person wants it so. */
  #place(end: End, frame: Frame, byHand: boolean): void {
    const { part, changed } = this.value.get();
    const other = end === "start" ? part.end.frame : part.start.frame;
    const beyond = other !== undefined && (end === "start" ? frame.atMs > other.atMs : frame.atMs < other.atMs);
    this.#set({ part: moved(part, end, onFrame(end, beyond ? other : frame)), changed: changed || byHand });
  }

  /** Puts an end that is somewhere onto its frame; when it was moved meanwhile, once more. */
  #settle(end: End): void {
    if (this.#resolving.has(end)) return;
    this.#resolving.add(end);
    this.#resolve(end)
      .catch((error: unknown) => this.#set({ error }))
      .finally(() => this.#resolving.delete(end));
  }

  async #resolve(end: End): Promise<void> {
    for (;;) {
      const { ms, frame } = this.value.get().part[end];
      if (frame !== undefined || this.#isStillToCome(ms)) return;
      const found = await this.#frames.at(end === "start" ? ms : ms - NEAR_MS);
      const now = this.value.get().part[end];
      if (now.ms !== ms || now.frame !== undefined) continue;
      if (found === undefined) return;
      this.#place(end, found, false);
      this.#set({ error: undefined });
      if (this.value.get().active === end) this.#showActive();
      return;
    }
  }

  /** A running buffer has not closed its newest segment yet. */
  #isStillToCome(ms: number): boolean {
    return this.#source.growing && ms > this.#source.bounds.toMs + EARLY_MS;
  }

  #then(work: () => Promise<void> | void): void {
    this.#steps = this.#steps.then(work).catch((error: unknown) => this.#set({ error }));
  }

  #showActive(): void {
    const { active, part, playheadMs } = this.value.get();
    const frame = active === "playhead" ? this.#frames.known(playheadMs) : part[active].frame;
    if (frame !== undefined) this.#showAt(insideOf(frame));
    else this.#showAt(active === "playhead" ? playheadMs : part[active].ms);
  }

  #showAt(ms: number): void {
    const positionS = this.#source.toPosition(this.#player.value.get(), ms);
    this.#corrections = 0;
    if (positionS !== undefined) this.screen.show(positionS);
  }

  #playerChanged(): void {
    const { playing, phase } = this.#player.value.get();
    const knows = this.#source.toPosition(this.#player.value.get(), this.value.get().part.start.ms) !== undefined;
    if (!this.#shown && phase === "ready" && knows) {
      this.#shown = true;
      this.#showActive();
    }
    if (phase === "loading") this.#shown = false;
    if (playing && this.#tick === undefined) this.#tick = requestAnimationFrame(() => this.#played());
    if (!playing) this.#stopTicking();
  }

  #stopTicking(): void {
    if (this.#tick !== undefined) cancelAnimationFrame(this.#tick);
    this.#tick = undefined;
  }

  /** While it plays, before each paint: the playhead goes along, and the end of the part is met. */
  #played(): void {
    this.#tick = requestAnimationFrame(() => this.#played());
    const { part, loop, playheadMs } = this.value.get();
    const here = this.#hereMs();
    const isMet = playheadMs < part.end.ms && here >= part.end.ms - EARLY_MS;
    if (!isMet) return this.#set({ playheadMs: here });
    const frame = part[loop ? "start" : "end"].frame;
    if (!loop) this.#player.pause();
    this.#set({ playheadMs: frame?.atMs ?? (loop ? part.start.ms : part.end.ms - NEAR_MS) });
    this.#showActive();
  }

  #set(change: Partial<TrimState>): void {
    this.value.set({ ...this.value.get(), ...change });
  }
}
