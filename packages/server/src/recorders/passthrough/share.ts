/**
 * One session of a room: follows one person's screen share through everything that happens to it, and records it.
 * Tracks come and go under new ids and SSRCs; each pair of them is a recording of its own (a take), with the next run.
 */
import { type GapReason, type Millis, millis, type RecorderMessage, type TailEntry, type WallMs } from "@livekit-replay/contract";
import type { RunReason, ShareTrack } from "@livekit-replay/media";
import { steadyNow, wallNow } from "../clock.js";
import { addDrops, type Drops } from "../share/drops.js";
import { ShareRecording } from "../share/recording.js";
import { type ChosenTracks, chooseTracks, refusalOf, type WantedTracks } from "./choose.js";
import type { SessionFiles } from "./files.js";
import type { ScreenTrack } from "./presence.js";
import type { MediaSection } from "./sdp/offer.js";
import { audioOptions, videoOptions } from "./tracks.js";
import { type ShareTimings, Watch } from "./watch.js";

/** Options of a `RoomShare`. */
export interface RoomShareOptions {
  readonly sessionId: string;
  readonly identity: string;
  /** The tracks to begin with. */
  readonly wanted: WantedTracks;
  readonly firstRun: number;
  readonly firstRunReason: RunReason;
  readonly files: SessionFiles;
  readonly segmentMs: Millis;
  readonly timings: ShareTimings;
  /** Sends RTCP to LiveKit. */
  readonly send: (packet: Uint8Array) => void;
  /** Packets of other streams are wanted from now on. */
  readonly onStreams: () => void;
  readonly notify: (message: RecorderMessage) => void;
  readonly onError: (error: unknown) => void;
  /** It has ended by itself: everything is written, and that is told. Called once, not after `close`. */
  readonly onEnded: (share: RoomShare) => void;
}

/** A recording and the sections that feed it. */
interface Take {
  readonly recording: ShareRecording;
  readonly videoId: string;
  readonly videoSsrc: number | null;
  audioSsrc: number | null;
}

type ShareMessage = Extract<RecorderMessage, { type: "share" }>;

/** Picture and sound are subscribed together, but may be offered one after the other. */
const SOUND_WAIT_MS = 1_000;

/**
 * A publisher may send keyframes by itself, about as often as segments are wanted. Asked at the very moment when one is on its way, LiveKit would take the
 * request for another one and send nothing again until that has come, two seconds later. So the publisher goes first.
 */
const KEYFRAME_SLACK_MS = 250;

/**
 * LiveKit begins with a keyframe, and asks the publisher for it by itself. Packets of it that are lost are sent again only while we have not asked as well,
 * so we do not before this much of it can have come.
 */
const FIRST_KEYFRAME_MS = 800;

/** From `record` to the share's end. Times are steady, but where wall time is said. */
export class RoomShare {
  readonly sessionId: string;
  readonly identity: string;
  readonly #options: RoomShareOptions;
  readonly #watch: Watch;
  #tracks: ChosenTracks | null = null;
  #sections: ReadonlyMap<string, MediaSection> = new Map();
  #take: Take | null = null;
  #nextRun: number;
  #told: ShareMessage["state"] | null = null;
  #isDegraded = false;
  #pastDrops: Drops = {};
  #closing: Promise<void> | null = null;

  constructor(options: RoomShareOptions, now: WallMs) {
    this.sessionId = options.sessionId;
    this.identity = options.identity;
    this.#options = options;
    this.#nextRun = options.firstRun;
    this.#watch = new Watch(options.timings, now);
  }

  /** LiveKit's ids of the tracks that it wants. */
  get trackIds(): string[] {
    return this.#tracks === null ? [] : [this.#tracks.video.sid, ...(this.#tracks.audio ? [this.#tracks.audio.sid] : [])];
  }

  /** Whether its picture comes now. */
  get isFlowing(): boolean {
    return this.#told === "flowing";
  }

  /** What was dropped so far, by what. */
  get drops(): Drops {
    return addDrops(this.#pastDrops, this.#take?.recording.drops ?? {});
  }

  /** SSRCs of its packets, its retransmissions included, by what they carry. */
  get streams(): [number, ShareTrack][] {
    if (this.#take === null || this.#tracks === null) return [];
    const of = (track: ScreenTrack | null, kind: ShareTrack): [number, ShareTrack][] => {
      const section = track === null ? undefined : this.#sections.get(track.sid);
      return [section?.ssrc, section?.rtxSsrc].flatMap((ssrc): [number, ShareTrack][] => (typeof ssrc === "number" ? [[ssrc, kind]] : []));
    };
    return [...of(this.#tracks.video, "video"), ...of(this.#tracks.audio, "audio")];
  }

  /** Looks at what the person shares now; `tracks` is all of it. */
  look(tracks: readonly ScreenTrack[], now: WallMs): void {
    if (this.#closing) return;
    const before = this.#tracks;
    const wanted = before === null ? this.#options.wanted : { videoTrackId: before.video.sid, audioTrackId: before.audio?.sid ?? null };
    const chosen = chooseTracks(tracks, wanted);
    if (chosen === null) {
      this.#tracks = null;
      this.#watch.absent(now);
      this.#endTake();
      return;
    }
    const refusal = refusalOf(chosen);
    if (refusal !== null) {
      void this.#end(refusal.message);
      return;
    }
    if (before?.video.sid !== chosen.video.sid) {
      this.#endTake();
      this.#watch.present(now);
    }
    this.#tracks = chosen;
    this.#mute(chosen.video.muted, now);
  }

  /** LiveKit's sections have changed. */
  bind(sections: ReadonlyMap<string, MediaSection>, now: WallMs): void {
    this.#sections = sections;
    const video = this.#tracks === null ? undefined : sections.get(this.#tracks.video.sid);
    if (this.#closing || this.#tracks === null) return;
    const take = this.#take;
    if (take !== null && (take.videoId !== video?.trackId || take.videoSsrc !== video.ssrc)) this.#endTake();
    if (this.#take !== null) this.#bindSound(this.#take);
    else if (video && video.codecs.length > 0) this.#begin(video, now);
  }

  /** The room is joined, for the first time or again: what was subscribed is gone. */
  joined(now: WallMs): void {
    this.#watch.joined(now);
  }

  /** The room cannot be reached; it is being tried again. */
  lost(reason: string, now: WallMs): void {
    if (this.#closing) return;
    this.#tracks = null;
    this.#sections = new Map();
    this.#endTake();
    this.#watch.lost(now);
    this.#tell("lost", reason);
  }

  /** LiveKit refuses a track that was asked for, or not any more (null). */
  granted(trackSid: string, refusal: string | null): void {
    if (this.trackIds.includes(trackSid)) this.#watch.refusal = refusal;
  }

  rtp(track: ShareTrack, packet: Uint8Array, wall: WallMs, now: WallMs): void {
    this.#watch.packet(track, now);
    this.#take?.recording.rtp(track, packet, wall);
  }

  rtcp(track: ShareTrack, packet: Uint8Array, wall: WallMs): void {
    this.#take?.recording.rtcp(track, packet, wall);
  }

  /** Lets time pass. True: nothing has ever come of what was subscribed, for too long. */
  tick(wall: WallMs, now: WallMs): boolean {
    if (this.#closing) return false;
    if (this.#take === null && this.#tracks !== null) this.bind(this.#sections, now);
    this.#take?.recording.tick(wall);
    const { state, reason } = this.#watch.state(now);
    if (state === "ended") void this.#end(reason ?? "The share has ended");
    else if (state !== null) this.#tell(state, reason);
    return this.#watch.isStalled(now);
  }

  /** It is subscribed anew; how often it was by now. */
  resubscribed(now: WallMs): number {
    return this.#watch.resubscribed(now);
  }

  /** Writes what is open, up to an instant that has passed; null when nothing is. */
  async tail(captureId: string, cutAt: WallMs): Promise<TailEntry | null> {
    if (this.#take !== null) return this.#take.recording.tail(captureId, cutAt);
    await this.#options.files.settled;
    return null;
  }

  /** Closes the open GOP; resolves when everything is written and announced. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** Ends it from inside the room: closes it, and tells. */
  async end(reason: string): Promise<void> {
    await this.#end(reason);
  }

  async #end(reason: string): Promise<void> {
    if (this.#closing) return;
    await this.close();
    this.#tell("ended", reason);
    this.#options.onEnded(this);
  }

  async #finish(): Promise<void> {
    this.#endTake();
    await this.#options.files.close();
  }

  #mute(muted: boolean, now: WallMs): void {
    if (muted && !this.#watch.isMuted) this.#take?.recording.interrupt("mute", wallNow());
    this.#watch.mute(muted, now);
  }

  #begin(video: MediaSection, now: WallMs): void {
    const sound = this.#sound();
    if (this.#tracks?.audio && sound === null && this.#watch.sinceSubscribed(now) < SOUND_WAIT_MS) return;
    const { sessionId, files, segmentMs, onError } = this.#options;
    const recording = new ShareRecording({
      sessionId,
      files: files.next(),
      firstRun: this.#nextRun,
      firstRunReason: this.#reason(),
      segmentMs: millis(segmentMs + KEYFRAME_SLACK_MS),
      video: videoOptions(video),
      audio: sound === null ? null : audioOptions(sound),
      send: (packet) => this.#send(packet),
      notify: (message) => this.#notify(message),
      onError,
    });
    this.#take = { recording, videoId: video.trackId ?? "", videoSsrc: video.ssrc, audioSsrc: sound?.ssrc ?? null };
    this.#options.onStreams();
  }

  #bindSound(take: Take): void {
    const sound = this.#sound();
    if (sound === null || sound.ssrc === take.audioSsrc) return;
    take.audioSsrc = sound.ssrc;
    take.recording.addAudio(audioOptions(sound));
  }

  #sound(): MediaSection | null {
    const section = this.#tracks?.audio ? this.#sections.get(this.#tracks.audio.sid) : undefined;
    return section && section.codecs.length > 0 ? section : null;
  }

  #endTake(): void {
    const take = this.#take;
    if (take === null) return;
    this.#take = null;
    void take.recording.close().catch(this.#options.onError);
    this.#nextRun = take.recording.nextRun;
    this.#pastDrops = addDrops(this.#pastDrops, take.recording.drops);
  }

  #send(packet: Uint8Array): void {
    const isUseless = isPictureLoss(packet) && this.#watch.sincePicture(steadyNow()) < FIRST_KEYFRAME_MS;
    if (!isUseless) this.#options.send(packet);
  }

  /** Why the next take's first run begins. */
  #reason(): RunReason {
    const { firstRun, firstRunReason } = this.#options;
    const again: GapReason = this.#watch.isMuted ? "mute" : "reconnect";
    return this.#nextRun === firstRun ? firstRunReason : again;
  }

  /** A take that could not write everything leaves its complaint behind; the next segment that was written takes it back. */
  #notify(message: RecorderMessage): void {
    const { notify } = this.#options;
    if (message.type === "health") this.#isDegraded = message.state === "degraded";
    notify(message);
    if (message.type !== "segment" || !this.#isDegraded || message.segment.run < this.#nextRun) return;
    this.#isDegraded = false;
    notify({ type: "health", sessionId: this.sessionId, state: "ok", reason: null });
  }

  #tell(state: ShareMessage["state"], reason: string | null): void {
    if (this.#told === state) return;
    this.#told = state;
    this.#options.notify({ type: "share", sessionId: this.sessionId, state, reason });
  }
}

/** Whether an RTCP packet asks for a keyframe (RFC 4585, 6.3.1). */
const isPictureLoss = (packet: Uint8Array): boolean => ((packet[0] ?? 0) & 0x1f) === 1 && packet[1] === 206;
