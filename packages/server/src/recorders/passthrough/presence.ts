/** Who is in a room and which screens they share, as LiveKit's updates tell it. */
import { Encryption_Type, type ParticipantInfo, ParticipantInfo_State, type TrackInfo, TrackSource, TrackType } from "@livekit/protocol";

/** A track of a screen share. */
export interface ScreenTrack {
  readonly sid: string;
  readonly kind: "video" | "audio";
  readonly muted: boolean;
  readonly encrypted: boolean;
  /** SDP names of the codecs that it is published in; empty when not told. */
  readonly codecs: readonly string[];
  /** When its description changed last: the newest share has the largest. */
  readonly changedAt: number;
}

interface Person {
  readonly sid: string;
  readonly version: number;
  readonly tracks: readonly ScreenTrack[];
}

/** One room, from joining to leaving. */
export class Presence {
  readonly #people = new Map<string, Person>();

  /** Takes what LiveKit says of some people; whoever is not named stays as known. Stale news is ignored. */
  update(participants: readonly ParticipantInfo[]): void {
    for (const participant of participants) {
      const known = this.#people.get(participant.identity);
      if (participant.state === ParticipantInfo_State.DISCONNECTED) {
        if (known?.sid === participant.sid) this.#people.delete(participant.identity);
      } else if (known?.sid !== participant.sid || participant.version >= known.version) {
        const { sid, version } = participant;
        this.#people.set(participant.identity, { sid, version, tracks: participant.tracks.flatMap(screenTrack) });
      }
    }
  }

  /** What somebody shares of their screen; empty also when they are not there. */
  tracksOf(identity: string): readonly ScreenTrack[] {
    return this.#people.get(identity)?.tracks ?? [];
  }
}

function screenTrack(track: TrackInfo): ScreenTrack[] {
  const isPicture = track.source === TrackSource.SCREEN_SHARE && track.type === TrackType.VIDEO;
  const isSound = track.source === TrackSource.SCREEN_SHARE_AUDIO && track.type === TrackType.AUDIO;
  if (!isPicture && !isSound) return [];
  const types = [track.mimeType, ...track.codecs.map(({ mimeType }) => mimeType)];
  return [
    {
      sid: track.sid,
      kind: isPicture ? "video" : "audio",
      muted: track.muted,
      encrypted: track.encryption !== Encryption_Type.NONE,
      codecs: [...new Set(types.flatMap((type) => codecName(type)))],
      changedAt: Number(track.version?.unixMicro ?? 0),
    },
  ];
}

/** `video/H264` */
function codecName(mimeType: string): string[] {
  const name = mimeType.split("/")[1] ?? "";
  return name === "" ? [] : [name];
}
