/**
 * One WHIP publication: its transport, the feedback that lets its bandwidth estimate grow, its states, and, while a session is started on it, its share.
 * Time comes in by `tick`, called for all publications of the process by one timer.
 */
import { millis, type RecorderMessage, ReplayError, type TailEntry, type WallMs, wallMs } from "@livekit-replay/contract";
import { TwccRecorder } from "@livekit-replay/media";
import { steadyNow, wallNow } from "../clock.js";
import { addDrops, type Drops } from "../share/drops.js";
import { ShareRecording, type ShareRecordingOptions } from "../share/recording.js";
import type { RtcNetwork } from "./network.js";
import { PacketRouter } from "./route.js";
import { readFragment } from "./sdp/fragment.js";
import { readOffer, type WhipOffer } from "./sdp/offer.js";
import { audioOptions, videoOptions } from "./tracks.js";
import { WhipTransport } from "./transport.js";

/** Limits in time; see `RecorderTimings`. */
export interface PublicationTimings {
  readonly connectMs: number;
  readonly silentMs: number;
  readonly goneMs: number;
}

/** Options of `Publication.open`. */
export interface PublicationOptions {
  readonly publicationId: string;
  readonly network: RtcNetwork;
  readonly timings: PublicationTimings;
  /** Tells the server; messages are in order. */
  readonly notify: (message: RecorderMessage) => void;
  /** Called once, when everything is closed and told. */
  readonly onEnded: (publication: Publication) => void;
}

/** What a session needs besides the publication. */
export type SessionStart = Pick<ShareRecordingOptions, "sessionId" | "files" | "firstRun" | "firstRunReason" | "segmentMs" | "onError">;

/** Often enough for a browser's estimator: with 50 ms it reaches 6 Mbit/s in seconds. */
const FEEDBACK_MS = 50;
/** More feedback packets than this at once would only repeat an attack's flood of sequence numbers. */
const MAX_FEEDBACK = 16;

type PublicationState = "connecting" | "connected" | "silent" | "flowing" | "ended";

/** From offer to end. `end` is idempotent and awaited. */
export class Publication {
  readonly id: string;
  readonly #options: PublicationOptions;
  readonly #offer: WhipOffer;
  readonly #router: PacketRouter;
  readonly #twcc: TwccRecorder | null;
  readonly #madeAt = steadyNow();
  #transport: WhipTransport | null = null;
  #state: PublicationState = "connecting";
  #openedAt: WallMs | null = null;
  /** Any packet of the publisher, media or control. */
  #lastPacketAt: WallMs | null = null;
  #nextFeedbackAt: WallMs = wallMs(0);
  #recording: ShareRecording | null = null;
  #ended: Promise<void> | null = null;
  #unroutedPackets = 0;
  #pastDrops: Drops = {};

  private constructor(options: PublicationOptions, offer: WhipOffer) {
    this.id = options.publicationId;
    this.#options = options;
    this.#offer = offer;
    this.#router = new PacketRouter(offer);
    const extensionId = offer.video.extensions.twcc;
    this.#twcc = extensionId === null ? null : new TwccRecorder({ extensionId });
  }

  /** Answers an offer. Throws `invalid_sdp` or `unsupported_codec`; nothing is left then. */
  static async open(options: PublicationOptions, sdp: string): Promise<{ publication: Publication; answer: string }> {
    const offer = readOffer(sdp);
    const publication = new Publication(options, offer);
    const { transport, answer } = await WhipTransport.open(options.network, offer, {
      onOpen: () => publication.#opened(),
      onPacket: (packet) => publication.#packet(packet),
      onEnd: (reason) => void publication.end(reason),
    });
    publication.#transport = transport;
    if (publication.isEnded) transport.close();
    return { publication, answer };
  }

  /** The session that is recorded from it now. */
  get sessionId(): string | null {
    return this.#recording?.sessionId ?? null;
  }

  get isEnded(): boolean {
    return this.#state === "ended";
  }

  /** What was dropped so far, by what. */
  get drops(): Drops {
    const drops = { ...this.#pastDrops, unroutedPackets: this.#unroutedPackets, refusedFeedback: this.#transport?.refused ?? 0 };
    return addDrops(drops, this.#recording?.drops ?? {});
  }

  /** Takes trickled candidates (RFC 8840). Throws `invalid_sdp`. */
  addCandidates(fragment: string): void {
    const { ufrag, candidates } = readFragment(fragment);
    if (ufrag !== null && ufrag !== this.#offer.ice.ufrag)
      throw new ReplayError("invalid_sdp", { detail: "ICE restarts are not supported: publish again" });
    this.#transport?.addCandidates(candidates);
  }

  /** Begins to record. A keyframe is asked for at once. Throws `already_active` when another session has the publication. */
  start(session: SessionStart): void {
    if (this.#state === "ended") throw new ReplayError("publication_not_found");
    if (this.#recording) throw new ReplayError("already_active");
    this.#recording = new ShareRecording({
      ...session,
      video: videoOptions(this.#offer.video),
      audio: this.#offer.audio ? audioOptions(this.#offer.audio) : null,
      send: (packet) => this.#transport?.send(packet),
      notify: this.#options.notify,
    });
  }

  /** Closes the open GOP; resolves when its segment is announced. Packets that come later are discarded again. Idempotent. */
  async stop(): Promise<void> {
    const recording = this.#recording;
    if (!recording) return;
    await recording.close();
    if (this.#recording !== recording) return;
    this.#pastDrops = addDrops(this.#pastDrops, recording.drops);
    this.#recording = null;
  }

  /** See `RecorderPort.tail`; called when the instant has passed. */
  async tail(captureId: string, cutAt: WallMs): Promise<TailEntry | null> {
    return (await this.#recording?.tail(captureId, cutAt)) ?? null;
  }

  /** Lets time pass. */
  tick(wall: WallMs, steady: WallMs): void {
    if (this.#state === "ended") return;
    this.#recording?.tick(wall);
    if (steady >= this.#nextFeedbackAt) {
      this.#nextFeedbackAt = wallMs(steady + FEEDBACK_MS);
      this.#sendFeedback(steady);
      this.#watch(steady);
    }
  }

  /** Closes the transport and the session's open GOP, announces both. Idempotent. */
  end(reason: string): Promise<void> {
    this.#ended ??= this.#finish(reason);
    return this.#ended;
  }

  async #finish(reason: string): Promise<void> {
    this.#state = "ended";
    this.#transport?.close();
    const { sessionId } = this;
    await this.stop();
    this.#options.notify({ type: "publication", publicationId: this.id, sessionId, state: "ended", reason });
    this.#options.onEnded(this);
  }

  #opened(): void {
    if (this.#state !== "connecting") return;
    this.#openedAt = steadyNow();
    this.#enter("connected", null);
  }

  #packet(packet: Uint8Array): void {
    if (this.#state === "ended") return;
    const steady = steadyNow();
    this.#lastPacketAt = steady;
    const route = this.#router.route(packet);
    switch (route.kind) {
      case "rtp":
        this.#twcc?.packet(packet, steady);
        this.#recording?.rtp(route.track, packet, wallNow());
        break;
      case "rtcp":
        this.#recording?.rtcp(route.track, packet, wallNow());
        break;
      case "unknown":
        this.#unroutedPackets += 1;
        break;
    }
  }

  #sendFeedback(steady: WallMs): void {
    for (let sent = 0; this.#twcc !== null && sent < MAX_FEEDBACK; sent += 1) {
      const packet = this.#twcc.feedback(steady);
      if (!packet) return;
      this.#transport?.send(packet);
    }
  }

  #watch(steady: WallMs): void {
    const { connectMs, silentMs, goneMs } = this.#options.timings;
    if (this.#openedAt === null) {
      if (steady - this.#madeAt > connectMs) void this.end("The connection was not made in time");
      return;
    }
    const quietMs = millis(steady - (this.#lastPacketAt ?? this.#openedAt));
    if (quietMs > silentMs) this.#enter("silent", "Nothing comes from the publisher");
    else if (this.#lastPacketAt !== null) this.#enter("flowing", null);
    // Later on the connectivity checks speak for a publisher that has nothing to send; when they fail, the transport ends.
    if (this.#lastPacketAt === null && quietMs > goneMs) void this.end("The publisher never sent anything");
  }

  #enter(state: "connected" | "silent" | "flowing", reason: string | null): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.notify({ type: "publication", publicationId: this.id, sessionId: this.sessionId, state, reason });
  }
}
