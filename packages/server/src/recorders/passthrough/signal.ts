/** LiveKit's signalling (v0, `/rtc`): protobuf messages over one WebSocket. It knows how to talk, not what about. */
import {
  DisconnectReason,
  type JoinResponse,
  LeaveRequest,
  Ping,
  SessionDescription,
  SignalRequest,
  SignalResponse,
  SignalTarget,
  TrickleRequest,
  UpdateSubscription,
  UpdateTrackSettings,
  VideoQuality,
} from "@livekit/protocol";
import { type RawData, WebSocket } from "ws";
import { JoinError, type RoomEnd } from "./error.js";

/** A message of the server, by its case. */
export type SignalMessage = SignalResponse["message"];
type RequestMessage = NonNullable<NonNullable<ConstructorParameters<typeof SignalRequest>[0]>["message"]>;

/** Options of `Signal.open`. */
export interface SignalOptions {
  /** `ws:` or `wss:`, without a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** Until the room is joined. */
  readonly limitMs: number;
  /** A message after the first. */
  readonly onMessage: (message: SignalMessage) => void;
  /** The connection is gone, not by `close`; `kind` `unsaid`: LiveKit closed it, as it does behind a goodbye. Called once, after `open` has answered. */
  readonly onClosed: (end: RoomEnd) => void;
}

/** Messages of a room with thousands of people; LiveKit's own limit for what it takes is 2 MB. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** A server that does not read for so long is as good as gone. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;
/** RFC 6455, 7.4.1. A server that dies, or a network that fails, closes with nothing. */
const NORMAL_CLOSURE = 1000;
const unreachable = "LiveKit cannot be reached";

/**
 * `protocol`: the server offers (2), uses sections again (3), says what to do when it hangs up (12). Nothing is subscribed by itself, and nothing paused for want of bandwidth.
 * As `js` the server changes a track's codec in place instead of taking the track away.
 */
const parameters = new URLSearchParams({
  protocol: "17",
  auto_subscribe: "0",
  subscriber_allow_pause: "0",
  adaptive_stream: "0",
  sdk: "js",
  version: "2.15.0",
}).toString();

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

function bytesOf(data: RawData): Uint8Array {
  return Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

/** The message in a frame; null for what is none (another version's, or text). */
function readFrame(data: RawData, isBinary: boolean): SignalMessage | null {
  try {
    return isBinary ? SignalResponse.fromBinary(bytesOf(data)).message : null;
  } catch {
    return null;
  }
}

/** One connection; it is never opened again. */
export class Signal {
  readonly #options: SignalOptions;
  readonly #socket: WebSocket;
  #joined = false;
  #closed = false;
  #heardAt = performance.now();
  #ping: NodeJS.Timeout | null = null;

  private constructor(options: SignalOptions) {
    this.#options = options;
    this.#socket = new WebSocket(`${options.url}/rtc?${parameters}`, {
      headers: { authorization: `Bearer ${options.token}` },
      handshakeTimeout: options.limitMs,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
  }

  /** Joins the token's room. Throws `JoinError`; nothing is left open then. */
  static async open(options: SignalOptions): Promise<{ signal: Signal; join: JoinResponse }> {
    const signal = new Signal(options);
    try {
      return { signal, join: await signal.#join() };
    } catch (error) {
      signal.close();
      throw error;
    }
  }

  answer(sdp: string, id: number): void {
    this.#send({ case: "answer", value: new SessionDescription({ type: "answer", sdp, id }) });
  }

  /** Tells a candidate of ours. */
  candidate(candidate: string): void {
    const candidateInit = JSON.stringify({ candidate, sdpMid: "0", sdpMLineIndex: 0 });
    this.#send({ case: "trickle", value: new TrickleRequest({ target: SignalTarget.SUBSCRIBER, candidateInit }) });
  }

  /** Asks for tracks, in full quality: without saying so, a settings message means the lowest. */
  subscribe(trackSids: string[]): void {
    if (trackSids.length === 0) return;
    this.#send({ case: "subscription", value: new UpdateSubscription({ trackSids, subscribe: true }) });
    this.#send({ case: "trackSetting", value: new UpdateTrackSettings({ trackSids, disabled: false, quality: VideoQuality.HIGH }) });
  }

  unsubscribe(trackSids: string[]): void {
    if (trackSids.length > 0) this.#send({ case: "subscription", value: new UpdateSubscription({ trackSids, subscribe: false }) });
  }

  /** Says goodbye and closes. Idempotent; `onClosed` is not called. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#ping) clearInterval(this.#ping);
    if (this.#socket.readyState === WebSocket.OPEN) {
      const leave = new LeaveRequest({ reason: DisconnectReason.CLIENT_INITIATED });
      this.#socket.send(new SignalRequest({ message: { case: "leave", value: leave } }).toBinary());
    }
    this.#socket.close();
    const limit = setTimeout(() => this.#socket.terminate(), 1_000);
    this.#socket.once("close", () => clearTimeout(limit));
  }

  #join(): Promise<JoinResponse> {
    return new Promise((resolve, reject) => {
      const fail = (error: JoinError): void => {
        clearTimeout(limit);
        reject(error);
      };
      const limit = setTimeout(
        () => fail(new JoinError("unreachable", `${unreachable}: it did not answer in time`)),
        this.#options.limitMs,
      );
      this.#socket.on("error", (cause) => fail(new JoinError("unreachable", unreachable, { cause })));
      this.#socket.on("unexpected-response", (request, response) => {
        fail(refusal(response.statusCode ?? 0));
        request.destroy();
      });
      this.#socket.on("close", (code) => {
        fail(new JoinError("unreachable", unreachable));
        if (code === NORMAL_CLOSURE) this.#end({ kind: "unsaid", reason: "LiveKit closed the connection" });
        else this.#lost("The connection to LiveKit is lost");
      });
      this.#socket.on("message", (data, isBinary) => {
        this.#heardAt = performance.now();
        const message = readFrame(data, isBinary);
        if (this.#closed || message === null) return;
        if (this.#joined) this.#options.onMessage(message);
        else if (message.case === "join") {
          clearTimeout(limit);
          this.#begin(message.value);
          resolve(message.value);
        } else fail(new JoinError("unreachable", "LiveKit let nobody into the room"));
      });
    });
  }

  #begin(join: JoinResponse): void {
    this.#joined = true;
    const intervalMs = between(1, join.pingInterval || 5, 30) * 1000;
    const limitMs = Math.max(intervalMs * 2, between(2, join.pingTimeout || 15, 120) * 1000);
    this.#ping = setInterval(() => {
      if (performance.now() - this.#heardAt > limitMs) this.#lost("LiveKit does not answer any more");
      else this.#send({ case: "pingReq", value: new Ping({ timestamp: BigInt(Date.now()), rtt: 0n }) });
    }, intervalMs);
  }

  #lost(reason: string): void {
    this.#end({ kind: "lost", reason });
  }

  #end(end: RoomEnd): void {
    if (this.#closed || !this.#joined) return;
    this.#closed = true;
    if (this.#ping) clearInterval(this.#ping);
    this.#socket.terminate();
    this.#options.onClosed(end);
  }

  #send(message: RequestMessage): void {
    if (this.#closed || this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) this.#lost("LiveKit does not read any more");
    else this.#socket.send(new SignalRequest({ message }).toBinary());
  }
}

/** What an answer other than the upgrade means. */
function refusal(status: number): JoinError {
  if (status === 401 || status === 403) return new JoinError("refused", "LiveKit refused the key (LIVEKIT_API_KEY, LIVEKIT_API_SECRET)");
  if (status === 404) return new JoinError("absent", "The room does not exist in LiveKit");
  return new JoinError("unreachable", `${unreachable}: it answered with HTTP status ${status}`);
}
