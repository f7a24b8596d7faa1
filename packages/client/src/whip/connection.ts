/** One WebRTC connection that sends a share: made from a MediaStream, dead for good once it fails. */
import { fullSound, hintContent, MAX_BITRATE, preferH264 } from "./media.js";

/** What is sent, and who hears that it no longer is. */
export interface ConnectionOptions {
  readonly stream: MediaStream;
  readonly iceServers: readonly RTCIceServer[];
  /** Called once, when the connection that was up is lost. */
  readonly onLost: () => void;
}

/** A host that answers on loopback or LAN has its candidates at once; a STUN server that is silent must not hold the share up. */
const GATHER_LIMIT_MS = 1500;
const CONNECT_LIMIT_MS = 10_000;
/** `disconnected` often mends itself. */
const DISCONNECTED_LIMIT_MS = 3000;

/** One connection, used once: offer, connect, close. */
export class SendingConnection {
  readonly #pc: RTCPeerConnection;
  readonly #onLost: () => void;
  readonly #closing = new AbortController();
  #up = false;
  #watch: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#onLost = options.onLost;
    this.#pc = new RTCPeerConnection({ iceServers: [...options.iceServers], bundlePolicy: "max-bundle" });
    for (const track of options.stream.getVideoTracks()) this.#sendVideo(track, options.stream);
    for (const track of options.stream.getAudioTracks())
      this.#pc.addTransceiver(track, { direction: "sendonly", streams: [options.stream] });
    this.#pc.addEventListener("connectionstatechange", () => this.#look());
  }

  /** The offer, with its candidates in it. */
  async offer(): Promise<string> {
    await this.#pc.setLocalDescription();
    await this.#until("icegatheringstatechange", () => this.#pc.iceGatheringState === "complete", GATHER_LIMIT_MS);
    return this.#pc.localDescription?.sdp ?? "";
  }

  /** Takes the answer; true once media flows, false when it will not. */
  async connect(answerSdp: string): Promise<boolean> {
    await this.#pc.setRemoteDescription({ type: "answer", sdp: fullSound(answerSdp) });
    const state = (): RTCPeerConnectionState => this.#pc.connectionState;
    await this.#until("connectionstatechange", () => state() === "connected" || state() === "failed", CONNECT_LIMIT_MS);
    this.#up = state() === "connected";
    return this.#up;
  }

  /** Idempotent. Whoever waits for the offer or the connection is answered at once. */
  close(): void {
    clearTimeout(this.#watch);
    this.#closing.abort();
    this.#pc.close();
  }

  /** Resolves when `is()` came true at one of the `event`s, the limit has passed, or the connection was closed. */
  #until(event: string, is: () => boolean, limitMs: number): Promise<void> {
    const { signal } = this.#closing;
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#pc.removeEventListener(event, check);
        signal.removeEventListener("abort", settle);
        resolve();
      };
      const check = (): void => {
        if (is() || signal.aborted) settle();
      };
      const timer = setTimeout(settle, limitMs);
      this.#pc.addEventListener(event, check);
      signal.addEventListener("abort", settle);
      check();
    });
  }

  #sendVideo(track: MediaStreamTrack, stream: MediaStream): void {
    hintContent(track);
    const transceiver = this.#pc.addTransceiver(track, {
      direction: "sendonly",
      streams: [stream],
      sendEncodings: [{ maxBitrate: MAX_BITRATE, maxFramerate: 60 }],
    });
    const codecs = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
    if (codecs.length > 0) transceiver.setCodecPreferences(preferH264(codecs));
    // A screen must stay readable: a slow machine sends fewer frames, not smaller ones. Not every browser knows the parameter.
    const parameters = { ...transceiver.sender.getParameters(), degradationPreference: "maintain-resolution" as const };
    void transceiver.sender.setParameters(parameters).catch(() => undefined);
  }

  #look(): void {
    clearTimeout(this.#watch);
    if (!this.#up || this.#closing.signal.aborted) return;
    const state = this.#pc.connectionState;
    if (state === "failed" || state === "closed") this.#lose();
    else if (state === "disconnected") this.#watch = setTimeout(() => this.#lose(), DISCONNECTED_LIMIT_MS);
  }

  #lose(): void {
    if (this.#closing.signal.aborted) return;
    this.close();
    this.#onLost();
  }
}
