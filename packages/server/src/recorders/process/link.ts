/** The recorder's end of the WebSocket to its server: checked requests in, messages out, in order. */
import { once } from "node:events";
import { type RecorderMessage, type RecorderRequest, recorderRequestSchema } from "@livekit-replay/contract";
import { WebSocket } from "ws";
import { readMessage } from "../message.js";

/** Options of `ServerLink.connect`. */
export interface ServerLinkOptions {
  readonly url: string;
  readonly secret: string;
  readonly onRequest: (request: RecorderRequest) => void;
  /** A message that fits no request: a server of another version. */
  readonly onInvalid: (error: unknown) => void;
  /** The connection is gone, by whichever side. Called once. */
  readonly onClosed: () => void;
}

/** An offer is at most 64 KB. */
const MAX_MESSAGE_BYTES = 512 * 1024;
/** A server that does not read for so long is as good as gone. */
const MAX_UNSENT_BYTES = 32 * 1024 * 1024;

/** One connection for the life of the process. */
export class ServerLink {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Rejects when the server cannot be reached or refuses the secret. */
  static async connect(options: ServerLinkOptions): Promise<ServerLink> {
    const socket = new WebSocket(options.url, {
      headers: { authorization: `Bearer ${options.secret}` },
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
    await once(socket, "open");
    socket.on("error", () => socket.terminate());
    socket.once("close", options.onClosed);
    socket.on("message", (data) => {
      const parsed = recorderRequestSchema.safeParse(readMessage(data));
      if (parsed.success) options.onRequest(parsed.data);
      else options.onInvalid(parsed.error);
    });
    return new ServerLink(socket);
  }

  /** Sends a message after all earlier ones; nothing when the connection is gone. */
  send(message: RecorderMessage): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) this.#socket.terminate();
    else this.#socket.send(JSON.stringify(message));
  }

  /** Closes once everything sent is out; at most a second. Idempotent. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, "close");
    this.#socket.close();
    const limit = setTimeout(() => this.#socket.terminate(), 1_000);
    await closed;
    clearTimeout(limit);
  }
}
