/** A UDP proxy between a publisher and the server that loses, delays, reorders and repeats packets by a seed. It changes no byte. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { type Random, seededRandom } from "../random/seeded.js";

/** An address of UDP. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What the way does to packets, in both directions. All default to nothing. */
export interface Conditions {
  /** Part of the packets that are lost, 0 to 1. */
  readonly loss?: number;
  readonly delayMs?: number;
  /** Part of the packets that are held back by `reorderMs` more, so that later ones overtake them. */
  readonly reorder?: number;
  /** Default 8. */
  readonly reorderMs?: number;
  /** Part of the packets that come twice. */
  readonly duplicate?: number;
}

/** Options of a `LossyUdpProxy`. */
export interface LossyUdpProxyOptions extends Conditions {
  readonly seed: number;
  /** Where publishers send to. Default: a free port of 127.0.0.1. */
  readonly at?: Endpoint;
}

/** What became of the packets of one direction. */
export interface ProxyCounts {
  forwarded: number;
  lost: number;
  reordered: number;
  duplicated: number;
  /** Thrown away because too many were waiting. */
  overflowed: number;
}

interface Waiting {
  readonly dueMs: number;
  readonly send: () => void;
}

const MAX_WAITING = 20_000;
const MAX_CLIENTS = 64;
const SOCKET_BUFFER = 4 * 1024 * 1024;

const zero = (): ProxyCounts => ({ forwarded: 0, lost: 0, reordered: 0, duplicated: 0, overflowed: 0 });

async function bind(at: Endpoint = { host: "127.0.0.1", port: 0 }): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: SOCKET_BUFFER, sendBufferSize: SOCKET_BUFFER });
  socket.bind(at.port, at.host);
  await once(socket, "listening");
  return socket;
}

/** Packets that wait for their time, the next one first. */
class DelayLine {
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;

  get isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  add(item: Waiting): void {
    let index = this.#waiting.length;
    while (index > 0 && (this.#waiting[index - 1]?.dueMs ?? 0) > item.dueMs) index -= 1;
    this.#waiting.splice(index, 0, item);
    if (index === 0) this.#arm();
  }

  clear(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting.length = 0;
  }

  #arm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    const next = this.#waiting[0];
    this.#timer = next ? setTimeout(() => this.#flush(), Math.max(0, next.dueMs - performance.now())) : null;
  }

  #flush(): void {
    const now = performance.now();
    let due = 0;
    while (due < this.#waiting.length && (this.#waiting[due]?.dueMs ?? 0) <= now) due += 1;
    for (const item of this.#waiting.splice(0, due)) item.send();
    this.#arm();
  }
}

/**
 * Forwards between publishers and one server. Each publisher's address has a socket of its own towards the server, so the server sees it as a peer of its own.
 * `close` may be called at any time, and more than once.
 */
export class LossyUdpProxy {
  readonly #front: Socket;
  readonly #random: Random;
  readonly #line = new DelayLine();
  /** By the publisher's address, oldest first. */
  readonly #clients = new Map<string, Promise<Socket>>();
  /** By the publisher's port. */
  readonly #own = new Map<number, Conditions>();
  #conditions: Conditions;
  #target: Endpoint | null = null;
  #cut = false;
  #closed = false;
  readonly toServer: ProxyCounts = zero();
  readonly toPublisher: ProxyCounts = zero();

  private constructor(front: Socket, options: LossyUdpProxyOptions) {
    this.#front = front;
    this.#random = seededRandom(options.seed);
    this.#conditions = options;
    front.on("message", (packet, from) => this.#fromPublisher(packet, from));
    front.on("error", () => {});
  }

  /**
   * Opens a proxy.
   * @throws Error when its address is taken or not this machine's.
   */
  static async open(options: LossyUdpProxyOptions): Promise<LossyUdpProxy> {
    return new LossyUdpProxy(await bind(options.at), options);
  }

  /** Where publishers send to. */
  get endpoint(): Endpoint {
    const { address, port } = this.#front.address();
    return { host: address, port };
  }

  /** Sets the server that packets go to, and gives the proxy's own address: the `route` of a `WhipPublisher`. */
  readonly route = (server: Endpoint): Endpoint => {
    this.#target = server;
    return this.endpoint;
  };

  /** Changes what happens to packets from now on. */
  setConditions(conditions: Conditions): void {
    this.#conditions = conditions;
  }

  /** Gives one publisher, named by its UDP port, conditions of its own. Null: those of all again. At most 64 publishers have some. */
  setConditionsOf(port: number, conditions: Conditions | null): void {
    this.#own.delete(port);
    if (!conditions) return;
    if (this.#own.size >= MAX_CLIENTS) throw new RangeError(`port: more than ${MAX_CLIENTS} publishers with conditions of their own`);
    this.#own.set(port, conditions);
  }

  /** Loses everything from now on, or nothing more: the publisher vanishes without a word, and comes back. */
  setCut(cut: boolean): void {
    this.#cut = cut;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#line.clear();
    const sockets = [this.#front, ...(await Promise.all(this.#clients.values()))];
    this.#clients.clear();
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }

  #fromPublisher(packet: Buffer, from: RemoteInfo): void {
    const target = this.#target;
    if (!target || this.#closed) return;
    const upstream = this.#upstream(from);
    this.#pass(this.toServer, from.port, () => {
      void upstream.then((socket) => {
        if (!this.#closed) socket.send(packet, target.port, target.host, () => {});
      });
    });
  }

  #upstream({ address, port }: RemoteInfo): Promise<Socket> {
    const key = `${address}:${port}`;
    const known = this.#clients.get(key);
    if (known) return known;
    const made = bind().then((socket) => {
      socket.on("error", () => {});
      socket.on("message", (packet) => {
        this.#pass(this.toPublisher, port, () => {
          if (!this.#closed) this.#front.send(packet, port, address, () => {});
        });
      });
      return socket;
    });
    this.#clients.set(key, made);
    if (this.#clients.size > MAX_CLIENTS) this.#forgetOldest();
    return made;
  }

  #forgetOldest(): void {
    for (const [key, socket] of this.#clients) {
      this.#clients.delete(key);
      void socket.then((open) => open.close());
      return;
    }
  }

  /** Decides a packet's fate. The same number of random draws for each, so that one condition does not move another's pattern. */
  #pass(counts: ProxyCounts, publisherPort: number, send: () => void): void {
    const draws = [this.#random(), this.#random(), this.#random()] as const;
    const { loss = 0, delayMs = 0, reorder = 0, reorderMs = 8, duplicate = 0 } = this.#own.get(publisherPort) ?? this.#conditions;
    if (this.#cut || draws[0] < loss) {
      counts.lost += 1;
      return;
    }
    if (this.#line.isFull) {
      counts.overflowed += 1;
      return;
    }
    const heldBack = draws[1] < reorder;
    const copies = draws[2] < duplicate ? 2 : 1;
    counts.forwarded += 1;
    counts.reordered += heldBack ? 1 : 0;
    counts.duplicated += copies - 1;
    const dueMs = performance.now() + delayMs + (heldBack ? reorderMs : 0);
    for (let copy = 0; copy < copies; copy += 1) this.#line.add({ dueMs, send });
  }
}
