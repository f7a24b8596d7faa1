/** What `tools/livekit-publish` says: one JSON object a line. Answers carry the id of their command; events have none. */

/** A track as a participant sees it. */
export interface SeenTrack {
  readonly sid: string;
  /** LiveKit's name: SCREEN_SHARE, SCREEN_SHARE_AUDIO, CAMERA, MICROPHONE. */
  readonly source: string;
  readonly muted: boolean;
  readonly mimeType: string;
  readonly encrypted: boolean;
  readonly width: number;
  readonly height: number;
}

/** A room as a participant sees it at one moment. */
export interface RoomView {
  readonly identity: string;
  readonly sid: string;
  /** Whether the room says that it is being recorded. */
  readonly recording: boolean;
  readonly tracks: readonly SeenTrack[];
  readonly others: readonly { readonly identity: string; readonly tracks: readonly SeenTrack[] }[];
}

/** The tracks of a share. They have other ids once the participant has joined anew, after a restart of the server. */
export interface ShareIds {
  readonly videoSid?: string;
  readonly audioSid?: string;
  /** The UDP port that media comes from: for `LossyUdpProxy.setConditionsOf`. */
  readonly port?: number;
}

/** What was sent in one RTP stream, and what the server said about it. */
export interface StreamCounts {
  readonly packets: number;
  readonly bytes: number;
  readonly writeErrors: number;
  readonly plis: number;
  readonly firs: number;
  /** Packets that were asked for again. */
  readonly nacked: number;
  readonly reports: number;
}

/** What became of a share's frames. */
export interface ShareCounts extends ShareIds {
  readonly frames: number;
  /** Never sent because sending fell behind: not zero means that the machine was too slow to judge anything. */
  readonly dropped: number;
  /** Not sent because the picture was muted, or no keyframe had come after that. */
  readonly skipped: number;
  /** From low to high. */
  readonly layers: readonly StreamCounts[];
  readonly sound?: StreamCounts;
}

/** A frame of the log: film number, RTP timestamp, when it was due and when it was sent, in ms of wall time. */
export type WireFrame = readonly [number: number, timestamp: number, due: number, sent: number];

/** What a participant tells by itself. */
export type PublisherEvent = { readonly participant: number } & (
  | { readonly event: "frames"; readonly frames: readonly WireFrame[] }
  /** A keyframe was sent because it was asked for (`onPli: "answer"`): its film number, and the time from the request to its first packet. */
  | { readonly event: "answered"; readonly layer: number; readonly number: number; readonly tookMs: number }
  | { readonly event: "joined" | "left"; readonly identity: string }
  | { readonly event: "recording"; readonly on: boolean }
  | { readonly event: "disconnected"; readonly reason: string }
  /** A track that was watched has ended, and its files are whole. */
  | { readonly event: "watched"; readonly sid: string }
  | { readonly event: "failed"; readonly error: string }
  | { readonly event: "reconnecting" | "reconnected" }
);

/** The end of a command. */
export interface PublisherAnswer {
  readonly id: number;
  readonly error?: string;
  readonly result?: unknown;
}

/** Reads a line. Throws `SyntaxError` for what is neither an answer nor an event. */
export function readPublisherLine(line: string): PublisherAnswer | PublisherEvent {
  const value: unknown = JSON.parse(line);
  if (typeof value === "object" && value !== null) {
    if ("id" in value && typeof value.id === "number") return value as PublisherAnswer;
    if ("event" in value && "participant" in value && typeof value.participant === "number") return value as PublisherEvent;
  }
  throw new SyntaxError(`Neither an answer nor an event: ${line.slice(0, 200)}`);
}
