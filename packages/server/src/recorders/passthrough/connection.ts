/** One stay in a room: signalling and media from joining to leaving. It never comes back; whoever needs the room joins anew. */
import {
  DisconnectReason,
  type JoinResponse,
  LeaveRequest_Action,
  type ParticipantInfo,
  SignalTarget,
  SubscriptionError,
} from "@livekit/protocol";
import { readCandidate } from "../sdp/candidate.js";
import { JoinError, roomClosed, type RoomEnd } from "./error.js";
import { Presence } from "./presence.js";
import { subscriberConfig } from "./reach.js";
import { writeSubscriberAnswer } from "./sdp/answer.js";
import { type MediaSection, readSubscriberOffer, type SubscriberOffer } from "./sdp/offer.js";
import { Signal, type SignalMessage } from "./signal.js";
import { type LivekitAccess, recorderToken } from "./token.js";
import { SubscriberTransport } from "./transport.js";
import type { LocalTransport } from "../sdp/transport.js";
import { checkVersion } from "./version.js";

/** What a stay tells. Called neither before `join` has answered nor after the end. */
export interface RoomConnectionEvents {
  /** Somebody came, went, or changed what they share. */
  readonly onPresence: () => void;
  /** LiveKit's sections have changed, and were answered: packets of them follow. */
  readonly onSections: () => void;
  /** An RTP or RTCP packet; the bytes are the receiver's own. */
  readonly onPacket: (packet: Uint8Array) => void;
  /** LiveKit gives a track that was asked for, or does not. A sentence says why not. */
  readonly onGrant: (trackSid: string, refusal: string | null) => void;
  readonly onEnd: (end: RoomEnd) => void;
}

/** Options of `RoomConnection.join`. */
export interface RoomConnectionOptions {
  readonly access: LivekitAccess;
  readonly roomName: string;
  /** The server's `HOST`. */
  readonly host: string;
  /** Until the room is joined. */
  readonly joinMs: number;
  /** From there until media can flow. */
  readonly connectMs: number;
}

const MAX_EARLY_CANDIDATES = 32;

/** Lives until `onEnd` or `close`. */
export class RoomConnection {
  readonly presence = new Presence();
  readonly #options: RoomConnectionOptions;
  #events: RoomConnectionEvents | null = null;
  /** What came before there was anybody to tell. */
  #early: SignalMessage[] = [];
  #signal: Signal | null = null;
  #transport: SubscriberTransport | null = null;
  #local: LocalTransport | null = null;
  #join: JoinResponse | null = null;
  #remoteUfrag: string | null = null;
  #earlyCandidates: string[] = [];
  #sections: readonly MediaSection[] = [];
  #limit: NodeJS.Timeout | null = null;
  #openAt: number | null = null;
  #ended = false;
  #endedAs: RoomEnd | null = null;

  private constructor(options: RoomConnectionOptions) {
    this.#options = options;
  }

  /** Joins. Throws `JoinError`; nothing is left open then. */
  static async join(options: RoomConnectionOptions): Promise<RoomConnection> {
    const connection = new RoomConnection(options);
    const { url } = options.access;
    const token = await recorderToken(options.access, options.roomName);
    const { signal, join } = await Signal.open({
      url,
      token,
      limitMs: options.joinMs,
      onMessage: (message) => connection.#message(message),
      onClosed: (end) => connection.#end(end),
    });
    connection.#signal = signal;
    connection.#join = join;
    try {
      checkVersion(join.serverInfo?.version ?? join.serverVersion);
    } catch (error) {
      connection.close();
      throw error;
    }
    connection.presence.update(join.otherParticipants);
    return connection;
  }

  /** From here on it is told what happens, first what has happened since joining. */
  listen(events: RoomConnectionEvents): void {
    this.#events = events;
    if (this.#endedAs) {
      events.onEnd(this.#endedAs);
      return;
    }
    this.#limit = setTimeout(
      () => this.#end({ kind: "lost", reason: "LiveKit's media cannot be reached over UDP" }),
      this.#options.connectMs,
    );
    for (const message of this.#early.splice(0)) this.#message(message);
  }

  /** Sections that carry tracks now, by LiveKit's id of the track. */
  get tracks(): ReadonlyMap<string, MediaSection> {
    return new Map(this.#sections.flatMap((section) => (section.trackId !== null && section.isSent ? [[section.trackId, section]] : [])));
  }

  /** For how long media could flow; 0 when it never could. */
  get openMs(): number {
    return this.#openAt === null ? 0 : performance.now() - this.#openAt;
  }

  /** RTCP that the network did not take. */
  get refused(): number {
    return this.#transport?.refused ?? 0;
  }

  subscribe(trackSids: string[]): void {
    this.#signal?.subscribe(trackSids);
  }

  unsubscribe(trackSids: string[]): void {
    this.#signal?.unsubscribe(trackSids);
  }

  /** Sends RTCP. */
  send(packet: Uint8Array): void {
    this.#transport?.send(packet);
  }

  /** Gives it up as lost: who listens is told. */
  giveUp(reason: string): void {
    this.#end({ kind: "lost", reason });
  }

  /** Says goodbye and frees everything; nothing is told any more. Idempotent. */
  close(): void {
    this.#ended = true;
    if (this.#limit) clearTimeout(this.#limit);
    this.#signal?.close();
    this.#transport?.close();
  }

  #end(end: RoomEnd): void {
    if (this.#ended) return;
    this.close();
    this.#endedAs = end;
    this.#events?.onEnd(end);
  }

  #message(message: SignalMessage): void {
    if (this.#ended) return;
    if (this.#events === null) {
      // The moment between joining and `listen` is a turn of the event loop long.
      this.#early.push(message);
      return;
    }
    // Rooms tell much that is not about shares; the rest is passed over.
    if (message.case === "offer") this.#offer(message.value.sdp, message.value.id, message.value.midToTrackId);
    else if (message.case === "trickle") this.#candidate(message.value.target, message.value.candidateInit);
    else if (message.case === "update") this.#update(message.value.participants);
    else if (message.case === "leave") this.#end(endOf(message.value.reason, message.value.action));
    else if (message.case === "roomMoved") this.#end({ kind: "lost", reason: "LiveKit moved the recorder to another room" });
    else if (message.case === "subscriptionPermissionUpdate")
      this.#events.onGrant(message.value.trackSid, message.value.allowed ? null : notAllowed);
    else if (message.case === "subscriptionResponse") this.#events.onGrant(message.value.trackSid, subscriptionProblem(message.value.err));
  }

  /** Answered before anything else: until then LiveKit makes no other offer. */
  #offer(sdp: string, id: number, trackIds: Readonly<Record<string, string>>): void {
    try {
      const offer = readSubscriberOffer(sdp, trackIds);
      const local = this.#local ?? this.#open(offer);
      if (this.#remoteUfrag !== offer.transport.ice.ufrag) throw new Error("ICE was started anew");
      this.#signal?.answer(writeSubscriberAnswer(offer, local), id);
      this.#transport?.addCandidates([...offer.transport.candidates, ...this.#earlyCandidates.splice(0)]);
      this.#sections = offer.sections.flatMap((section) => ("codecs" in section ? [section] : []));
    } catch {
      this.#end({ kind: "lost", reason: "LiveKit's offer could not be answered" });
      return;
    }
    this.#events?.onSections();
  }

  #open(offer: SubscriberOffer): LocalTransport {
    const { host, access } = this.#options;
    this.#transport = new SubscriberTransport(subscriberConfig(host, access.url, this.#join?.iceServers ?? []), {
      onOpen: () => {
        this.#openAt ??= performance.now();
        if (this.#limit) clearTimeout(this.#limit);
      },
      onPacket: (packet) => this.#events?.onPacket(packet),
      // Towards an agent that only answers the library should be the controlling one (RFC 8445, 6.1.1), but as the answerer it never begins so. When LiveKit
      // resolves that conflict it may turn into a full agent, which checks our addresses by itself, past the way that its own candidate names.
      onCandidate: (candidate) => void (offer.isLite || this.#signal?.candidate(candidate)),
      onEnd: () => this.#mediaEnd(),
    });
    this.#remoteUfrag = offer.transport.ice.ufrag;
    this.#local = this.#transport.answer(offer.transport);
    return this.#local;
  }

  /** LiveKit ends the media of whom it puts out, and says why on the other connection, a moment before or after. */
  #mediaEnd(): void {
    if (this.#ended) return;
    if (this.#limit) clearTimeout(this.#limit);
    this.#limit = setTimeout(() => this.#end({ kind: "lost", reason: "The media connection to LiveKit is lost" }), goodbyeMs);
  }

  #candidate(target: SignalTarget, candidateInit: string): void {
    const candidate = target === SignalTarget.SUBSCRIBER ? candidateOf(candidateInit) : null;
    if (candidate === null) return;
    if (this.#local !== null) this.#transport?.addCandidates([candidate]);
    else if (this.#earlyCandidates.length < MAX_EARLY_CANDIDATES) this.#earlyCandidates.push(candidate);
  }

  #update(participants: readonly ParticipantInfo[]): void {
    const own = participants.find(({ identity }) => identity === this.#join?.participant?.identity);
    if (own?.permission?.canSubscribe === false) {
      this.#end({ kind: "lost", reason: notAllowed });
      return;
    }
    this.presence.update(participants);
    this.#events?.onPresence();
  }
}

/** How long a goodbye may come after the end of the media. A busy LiveKit takes a while; who does not wait for it joins a room that is gone. Where the goodbye's own connection ends too, nothing is waited for. */
const goodbyeMs = 1000;
const notAllowed = "LiveKit does not let the recorder receive this share";

/** `{"candidate": "candidate:…"}` of WebRTC; null for the end of candidates, and for what cannot be used. */
function candidateOf(candidateInit: string): string | null {
  try {
    const { candidate } = JSON.parse(candidateInit) as { candidate?: unknown };
    return typeof candidate === "string" ? readCandidate(candidate) : null;
  } catch {
    return null;
  }
}

function subscriptionProblem(error: SubscriptionError): string | null {
  if (error === SubscriptionError.SE_CODEC_UNSUPPORTED) return "LiveKit has no codec of this share that can be kept";
  if (error === SubscriptionError.SE_TRACK_NOTFOUND) return "LiveKit does not find this share";
  return null;
}

/** What LiveKit's goodbye means. */
function endOf(reason: DisconnectReason, action: LeaveRequest_Action): RoomEnd {
  const isGone = reason === DisconnectReason.ROOM_DELETED || reason === DisconnectReason.ROOM_CLOSED;
  if (isGone && action === LeaveRequest_Action.DISCONNECT) return { kind: "closed", reason: roomClosed };
  if (reason === DisconnectReason.PARTICIPANT_REMOVED) return { kind: "lost", reason: "The recorder was removed from the room" };
  if (reason === DisconnectReason.SERVER_SHUTDOWN) return { kind: "lost", reason: "LiveKit shuts down" };
  return { kind: "lost", reason: "LiveKit closed the connection" };
}

/** Whatever went wrong with joining, as a `JoinError`. */
export const asJoinError = (error: unknown): JoinError =>
  error instanceof JoinError ? error : new JoinError("unreachable", "LiveKit cannot be reached", { cause: error });
