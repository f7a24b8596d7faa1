/** What a LiveKit room looks like from inside, as plain values. */
import type { Participant, Room } from "livekit-client";
import type { Livekit } from "./library.js";

/** How the page is in the room. `reconnecting`: it was in it and comes back by itself. `failed`: it does not, until somebody asks for it. */
export type LivekitConnection =
  | { readonly state: "left" | "joining" | "joined" | "reconnecting" }
  | { readonly state: "failed"; readonly error: unknown };

/** Somebody in the room, once for all of their devices. */
export interface RoomPerson {
  readonly userId: string;
  readonly name: string;
  readonly isMe: boolean;
}

/** Somebody's running screen share. */
export interface RoomShare extends RoomPerson {
  /** Of the device that shares. */
  readonly identity: string;
  /** Sent by this page. */
  readonly isHere: boolean;
  /** Paused by who shares. */
  readonly muted: boolean;
  /** MIME type of the picture, in small letters: `video/h264`; empty before it is known. */
  readonly codec: string;
}

/** A room at one moment. */
export interface LivekitSnapshot {
  readonly connection: LivekitConnection;
  /** The person first, the others by name. */
  readonly people: readonly RoomPerson[];
  readonly shares: readonly RoomShare[];
  /** LiveKit tells everybody in the room that something records it. */
  readonly recording: boolean;
}

/** Nobody has joined. */
export const notJoined: LivekitSnapshot = { connection: { state: "left" }, people: [], shares: [], recording: false };

/** The user of an identity: what stands before the first `#` or `|`. */
export const userOf = (identity: string): string => /^[^#|]*/.exec(identity)?.[0] ?? identity;

const personOf = (participant: Participant, me: string): RoomPerson => {
  const userId = userOf(participant.identity);
  const name = participant.name === undefined || participant.name === "" ? userId : participant.name;
  return { userId, name, isMe: userId === me };
};

const byName = (a: RoomPerson, b: RoomPerson): number => Number(b.isMe) - Number(a.isMe) || a.name.localeCompare(b.name);

/** Everybody in the room and every share, mine included. */
export const readRoom = (livekit: Livekit, room: Room): Omit<LivekitSnapshot, "connection"> => {
  const me = userOf(room.localParticipant.identity);
  const participants: readonly Participant[] = [room.localParticipant, ...room.remoteParticipants.values()];
  const people = new Map(participants.map((participant) => [userOf(participant.identity), personOf(participant, me)]));
  const shares = participants.flatMap((participant): RoomShare[] => {
    const publication = participant.getTrackPublication(livekit.Track.Source.ScreenShare);
    if (publication === undefined) return [];
    const { identity } = participant;
    const isHere = participant === room.localParticipant;
    const codec = (publication.mimeType ?? "").toLowerCase();
    return [{ ...personOf(participant, me), identity, isHere, muted: publication.isMuted, codec }];
  });
  return { people: [...people.values()].toSorted(byName), shares, recording: room.isRecording };
};
