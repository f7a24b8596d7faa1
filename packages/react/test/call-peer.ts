/**
 * A LiveKit server and its client library in memory, as far as this package uses them: rooms that can be joined, lost and refused, participants with
 * tracks, and a browser's tracks to publish. Times and identities are the test's.
 */
import { EventEmitter } from "node:events";
import type { DisconnectReason } from "livekit-client";
import { ConnectionError, ConnectionErrorReason, DisconnectReason as Reasons, RemoteVideoTrack, RoomEvent, Track } from "livekit-client";
import type { Livekit } from "../src/livekit/library.js";

/** A browser's track. */
export class PeerTrack extends EventTarget {
  readonly kind: "video" | "audio";
  readyState: "live" | "ended" = "live";
  contentHint = "";

  constructor(kind: "video" | "audio") {
    super();
    this.kind = kind;
  }

  getSettings(): { frameRate: number } {
    return { frameRate: 60 };
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** The browser's own bar: "Stop sharing". */
  endByBrowser(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

/** What `getDisplayMedia` gives. */
export const peerStream = (
  ...kinds: readonly ("video" | "audio")[]
): { readonly stream: MediaStream; readonly tracks: readonly PeerTrack[] } => {
  const tracks = kinds.map((kind) => new PeerTrack(kind));
  const of = (kind: string): PeerTrack[] => tracks.filter((track) => track.kind === kind);
  const stream = { getTracks: () => tracks, getVideoTracks: () => of("video"), getAudioTracks: () => of("audio") };
  return { stream: stream as unknown as MediaStream, tracks };
};

interface PeerPublication {
  readonly source: Track.Source;
  readonly trackSid: string;
  readonly isMuted: boolean;
  readonly mimeType?: string;
  readonly track: PeerTrack | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Somebody in a room. */
export class PeerParticipant {
  readonly identity: string;
  readonly name: string;
  readonly publications = new Map<Track.Source, PeerPublication>();

  constructor(identity: string, name = "") {
    this.identity = identity;
    this.name = name;
  }

  getTrackPublication(source: Track.Source): PeerPublication | undefined {
    return this.publications.get(source);
  }

  /** Shares a screen. */
  share({ muted = false } = {}): this {
    const source = Track.Source.ScreenShare;
    this.publications.set(source, {
      source,
      trackSid: `TR_${this.identity}`,
      isMuted: muted,
      mimeType: "video/H264",
      track: undefined,
      options: {},
    });
    return this;
  }
}

class LocalPeer extends PeerParticipant {
  readonly #room: PeerRoom;

  constructor(room: PeerRoom, identity: string) {
    super(identity);
    this.#room = room;
  }

  publishTrack(track: PeerTrack, options: { readonly source: Track.Source }): Promise<PeerPublication> {
    this.#room.server.published += 1;
    const trackSid = `TR_${this.#room.server.published}`;
    const publication = { source: options.source, trackSid, isMuted: false, track, options: { ...options } };
    this.publications.set(options.source, publication);
    this.#room.emit(RoomEvent.LocalTrackPublished);
    return Promise.resolve(publication);
  }

  unpublishTracks(tracks: readonly PeerTrack[]): Promise<void> {
    for (const [source, { track }] of this.publications)
      if (track !== undefined && tracks.includes(track)) this.publications.delete(source);
    this.#room.emit(RoomEvent.LocalTrackUnpublished);
    return Promise.resolve();
  }
}

/** A room as livekit-client shows it. */
export class PeerRoom extends EventEmitter {
  readonly server: PeerServer;
  readonly remoteParticipants = new Map<string, PeerParticipant>();
  localParticipant = new LocalPeer(this, "");
  isRecording = false;
  isIn = false;

  constructor(server: PeerServer) {
    super();
    this.server = server;
  }

  connect(_url: string, token: string): Promise<void> {
    const refusal = this.server.refusals.shift();
    if (refusal !== undefined) return Promise.reject(refusal);
    this.localParticipant = new LocalPeer(this, token);
    for (const other of this.server.others) this.remoteParticipants.set(other.identity, other);
    this.isIn = true;
    this.server.rooms.push(this);
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    if (this.isIn) this.lose(Reasons.CLIENT_INITIATED);
    return Promise.resolve();
  }

  /** The connection is gone for good. */
  lose(reason?: DisconnectReason): void {
    this.isIn = false;
    this.emit(RoomEvent.Disconnected, reason);
  }

  /** Somebody comes in, or what they publish changed. */
  meet(other: PeerParticipant): void {
    this.remoteParticipants.set(other.identity, other);
    this.emit(RoomEvent.ParticipantConnected, other);
  }

  /** Something records the room, or no longer does. */
  record(isRecording: boolean): void {
    this.isRecording = isRecording;
    this.emit(RoomEvent.RecordingStatusChanged, isRecording);
  }
}

/** No connection. */
export const unreachable = (): Error => ConnectionError.serverUnreachable("no connection");
/** LiveKit does not take the token. */
export const notAllowed = (): Error => ConnectionError.notAllowed("no", 401);

/** The server behind every room of a test. */
export class PeerServer {
  /** Rooms that were joined, the newest last. */
  readonly rooms: PeerRoom[] = [];
  /** Who is in the rooms. */
  readonly others: PeerParticipant[] = [];
  /** What the next joins fail with, in turn. */
  readonly refusals: Error[] = [];
  /** Tracks that were published so far. */
  published = 0;

  /** The room that is joined. Throws when none was. */
  get room(): PeerRoom {
    const room = this.rooms.at(-1);
    if (room === undefined) throw new Error("no room was joined");
    return room;
  }

  /** The library that talks to this server. */
  readonly load = (): Promise<Livekit> => {
    const connect = (): PeerRoom => new PeerRoom(this);
    const library = {
      Room: function Room() {
        return connect();
      },
      RoomEvent,
      Track,
      RemoteVideoTrack,
      ConnectionError,
      ConnectionErrorReason,
      DisconnectReason: Reasons,
    };
    return Promise.resolve(library as unknown as Livekit);
  };
}
