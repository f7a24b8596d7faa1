/**
 * Watching one person's share in a media element: asks LiveKit for its tracks while somebody watches, and goes on when they come back as other tracks
 * (shared again, joined again).
 */
import type { RemoteParticipant, RemoteTrackPublication, RemoteVideoTrack } from "livekit-client";
import { Value } from "../store/value.js";
import type { Joined, Membership } from "./membership.js";
import type { LivekitRooms } from "./rooms.js";
import { userOf } from "./snapshot.js";

/** What a viewer sees and hears. */
export interface WatchState {
  /** There is a picture. */
  readonly picture: boolean;
  /** The share has sound. */
  readonly sound: boolean;
  readonly muted: boolean;
  /** The browser does not play without a press. */
  readonly blocked: boolean;
}

const nothing: WatchState = { picture: false, sound: false, muted: true, blocked: false };

/** Whose share, and in which room. */
export interface WatchOptions {
  readonly rooms: LivekitRooms;
  readonly roomName: string;
  readonly userId: string;
}

interface Tracks {
  readonly joined: Joined | undefined;
  readonly video: RemoteTrackPublication | undefined;
  readonly audio: RemoteTrackPublication | undefined;
}

/** One viewer. Begins without sound: whoever watches is often in the same call elsewhere. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #value = new Value(nothing);
  #membership: Membership | undefined;
  #element: HTMLVideoElement | undefined;
  #video: RemoteVideoTrack | undefined;
  #audio: MediaStreamTrack | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  get value(): Value<WatchState> {
    return this.#value;
  }

  /** Gives the viewer its media element. Answers how to take it back, which ends the subscription if nobody else watches. */
  attach(element: HTMLVideoElement): () => void {
    const { rooms, roomName } = this.#options;
    const { membership, release } = rooms.acquire(roomName);
    this.#membership = membership;
    this.#element = element;
    element.muted = this.#value.get().muted;
    const read = (): void => this.#read();
    const events = ["loadeddata", "playing", "resize", "emptied", "volumechange"];
    for (const event of events) element.addEventListener(event, read);
    const follow = (): void => this.#follow();
    const stops = [membership.joined.subscribe(follow), membership.value.subscribe(follow)];
    this.#follow();
    return () => {
      for (const stop of stops) stop();
      for (const event of events) element.removeEventListener(event, read);
      this.#detach();
      this.#unsubscribe();
      this.#element = undefined;
      this.#membership = undefined;
      this.#value.set(nothing);
      release();
    };
  }

  /** Turns the sound on or off. Must come from a press: browsers refuse sound otherwise. */
  setMuted(muted: boolean): void {
    this.#set({ muted });
    if (this.#element !== undefined) this.#element.muted = muted;
    void this.play();
  }

  /** Plays. A browser that refuses sound is asked again without; one that refuses everything needs a press. */
  async play(): Promise<void> {
    const element = this.#element;
    if (element === undefined || element.srcObject === null) return;
    try {
      await element.play();
      this.#set({ blocked: false });
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      if (element.muted) return this.#set({ blocked: true });
      element.muted = true;
      this.#set({ muted: true });
      await this.play();
    }
  }

  #follow(): void {
    const { joined, video, audio } = this.#find();
    for (const publication of [video, audio]) if (publication?.isDesired === false) publication.setSubscribed(true);
    const track = video?.track;
    this.#show(joined !== undefined && track instanceof joined.livekit.RemoteVideoTrack ? track : undefined);
    this.#hear(audio?.track?.mediaStreamTrack);
    this.#read();
  }

  /** The person's share: of the first of their devices that has one. */
  #find(): Tracks {
    const joined = this.#membership?.joined.get();
    if (joined !== undefined) {
      const { Source } = joined.livekit.Track;
      for (const participant of joined.room.remoteParticipants.values()) {
        const video = this.#isTheirs(participant) ? participant.getTrackPublication(Source.ScreenShare) : undefined;
        if (video !== undefined) return { joined, video, audio: participant.getTrackPublication(Source.ScreenShareAudio) };
      }
    }
    return { joined, video: undefined, audio: undefined };
  }

  #isTheirs(participant: RemoteParticipant): boolean {
    return userOf(participant.identity) === this.#options.userId;
  }

  #show(track: RemoteVideoTrack | undefined): void {
    const element = this.#element;
    if (element === undefined || track === this.#video) return;
    this.#video?.detach(element);
    this.#video = track;
    track?.attach(element);
    // Attaching turns the sound on by itself.
    element.muted = this.#value.get().muted;
    if (track !== undefined) void this.play();
  }

  #hear(track: MediaStreamTrack | undefined): void {
    const stream = this.#element?.srcObject;
    if (!(stream instanceof MediaStream)) return;
    for (const old of stream.getAudioTracks()) if (old !== track) stream.removeTrack(old);
    if (track !== undefined && !stream.getAudioTracks().includes(track)) stream.addTrack(track);
    this.#audio = track;
  }

  #detach(): void {
    const element = this.#element;
    if (element === undefined) return;
    this.#video?.detach(element);
    this.#video = undefined;
    this.#audio = undefined;
    element.srcObject = null;
  }

  /** Another viewer of the same share in this page keeps its tracks. */
  #unsubscribe(): void {
    const { video, audio } = this.#find();
    if ((video?.track?.attachedElements.length ?? 0) > 0) return;
    for (const publication of [video, audio]) publication?.setSubscribed(false);
  }

  #read(): void {
    const element = this.#element;
    if (element === undefined) return;
    this.#set({
      picture: this.#video !== undefined && element.readyState >= 2 && element.videoWidth > 0,
      sound: this.#audio !== undefined,
      muted: element.muted,
    });
  }

  #set(change: Partial<WatchState>): void {
    const now = this.#value.get();
    const next = { ...now, ...change };
    const same = next.picture === now.picture && next.sound === now.sound && next.muted === now.muted && next.blocked === now.blocked;
    if (!same) this.#value.set(next);
  }
}
