/** One outgoing stream of a publisher: packets with continuous numbers, a history for NACKs, sender reports, and what the receiver said. */
import { type Micros, type RtpTicks, rtpTicks, type WallMs, wallMs } from "@livekit-replay/contract";
import {
  asksForKeyframe,
  requestedSequences,
  RtpHistory,
  RtpStream,
  senderReport,
  type TransportSequence,
} from "@livekit-replay/media/testing";

/** Options of an `OutgoingStream`. */
export interface OutgoingOptions {
  readonly kind: "video" | "audio";
  readonly mid: string;
  /** The first is used; the others are there for `changeSsrc`. All must be named in the offer. */
  readonly ssrcs: readonly number[];
  readonly payloadType: number;
  /** Ticks a second. */
  readonly clockRate: number;
  readonly firstSequence: number;
  readonly firstTimestamp: RtpTicks;
  /** Ids of the header extensions; `twcc` null: the answer did not take it. */
  readonly extensions: { readonly mid: number | null; readonly twcc: number | null };
  readonly transportSequence: TransportSequence;
  /** Added to the wall clock in sender reports: a publisher whose clock is wrong. */
  readonly ntpOffsetMs: number;
  /** Hands a packet to the network; false when it would not take it. */
  readonly send: (packet: Uint8Array) => boolean;
}

/** What went out and what came back on one stream. */
export interface OutgoingCounts {
  packets: number;
  /** Packets that the network did not take. */
  refused: number;
  /** Sequence numbers asked for again, and how many of them were sent again. */
  nacked: number;
  resent: number;
  plis: number;
  /** Packets of transport-wide feedback. */
  feedbacks: number;
}

/** RTCP transport-layer feedback, format 15 (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1). */
const TRANSPORT_FEEDBACK = { type: 205, format: 15 };

function countFeedback(rtcp: Uint8Array): number {
  let count = 0;
  for (let at = 0; at + 4 <= rtcp.length;) {
    if (rtcp[at + 1] === TRANSPORT_FEEDBACK.type && ((rtcp[at] ?? 0) & 0x1f) === TRANSPORT_FEEDBACK.format) count += 1;
    at += ((((rtcp[at + 2] ?? 0) << 8) | (rtcp[at + 3] ?? 0)) + 1) * 4;
  }
  return count;
}

/** Sends one medium. Media times are the publication's own, in µs. */
export class OutgoingStream {
  readonly counts: OutgoingCounts = { packets: 0, refused: 0, nacked: 0, resent: 0, plis: 0, feedbacks: 0 };
  readonly #options: OutgoingOptions;
  #ssrcIndex = 0;
  #stream: RtpStream;
  #history: RtpHistory;
  #timestampOffset: number;

  constructor(options: OutgoingOptions) {
    this.#options = options;
    this.#timestampOffset = options.firstTimestamp;
    this.#stream = this.#makeStream(options.firstSequence);
    this.#history = this.#makeHistory();
  }

  /** The RTP timestamp of a media time. */
  timestampAt(media: Micros): RtpTicks {
    return rtpTicks((this.#timestampOffset + Math.round((media * this.#options.clockRate) / 1e6)) >>> 0);
  }

  send(payload: Uint8Array, marker: boolean, media: Micros): void {
    const packet = this.#stream.packet(this.timestampAt(media), marker, [payload]);
    this.#history.add(packet);
    this.counts.packets += 1;
    if (!this.#options.send(packet)) this.counts.refused += 1;
  }

  /** A sender report for this instant. */
  sendReport(media: Micros, now: WallMs): void {
    const { packetCount, octetCount, ssrc } = this.#stream;
    if (packetCount === 0) return;
    const clock = wallMs(now + this.#options.ntpOffsetMs);
    this.#options.send(senderReport({ ssrc, clock, timestamp: this.timestampAt(media), packetCount, octetCount }));
  }

  /** Takes RTCP from the receiver: answers NACKs, counts the rest. */
  receive(rtcp: Uint8Array): void {
    const { ssrc } = this.#stream;
    this.counts.feedbacks += countFeedback(rtcp);
    if (asksForKeyframe(rtcp, ssrc)) this.counts.plis += 1;
    for (const sequence of requestedSequences(rtcp, ssrc)) {
      this.counts.nacked += 1;
      const packet = this.#history.resend(sequence);
      if (packet && this.#options.send(packet)) this.counts.resent += 1;
    }
  }

  /** Goes on with the next SSRC of the offer, a new sequence and a new timestamp offset. Throws `RangeError` when there is none. */
  changeSsrc(): void {
    if (this.#ssrcIndex + 1 >= this.#options.ssrcs.length) throw new RangeError("No spare SSRC is left");
    this.#ssrcIndex += 1;
    this.#timestampOffset = (this.#timestampOffset + 0x1234_5678) >>> 0;
    this.#stream = this.#makeStream((this.#stream.nextSequence + 30_000) & 0xffff);
    this.#history = this.#makeHistory();
  }

  /** Moves all later timestamps by this many ms, while sending goes on in real time. */
  jumpTimestamp(byMs: number): void {
    this.#timestampOffset = (this.#timestampOffset + Math.round((byMs * this.#options.clockRate) / 1000)) >>> 0;
  }

  #makeStream(firstSequence: number): RtpStream {
    const { ssrcs, payloadType, mid, extensions, transportSequence } = this.#options;
    const ssrc = ssrcs[this.#ssrcIndex];
    if (ssrc === undefined) throw new TypeError("ssrcs: must not be empty");
    return new RtpStream({
      ssrc,
      payloadType,
      firstSequence,
      extensions: {
        ...(extensions.mid === null ? {} : { mid: { id: extensions.mid, value: mid } }),
        ...(extensions.twcc === null ? {} : { twcc: { id: extensions.twcc, sequence: transportSequence } }),
      },
    });
  }

  #makeHistory(): RtpHistory {
    const { extensions, transportSequence } = this.#options;
    return new RtpHistory(extensions.twcc === null ? {} : { twcc: { id: extensions.twcc, sequence: transportSequence } });
  }
}
