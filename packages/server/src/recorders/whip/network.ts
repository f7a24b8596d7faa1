/** The one UDP port of a recorder process, shared by all its publications, and how they are reached on it. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIP } from "node:net";
import { IceUdpMuxListener, PeerConnection, type RtcConfig } from "node-datachannel";

/** How WebRTC is reached. */
export interface RtcNetworkOptions {
  /** The server's `HOST`. */
  readonly host: string;
  /** Null: a free one. */
  readonly udpPort: number | null;
  readonly publicIp: string | null;
  readonly iceServers: readonly string[];
}

/** The address to bind to: only a loopback server binds WebRTC to an address, everything else is reached on all of them. */
export function bindAddress(host: string): string | null {
  if (host === "localhost") return "127.0.0.1";
  if (host === "::1" || (isIP(host) === 4 && host.startsWith("127."))) return host;
  return null;
}

const TRIES = 5;

/** A port that was free a moment ago. */
async function freePort(address: string | null): Promise<number> {
  const socket = createSocket(address !== null && isIP(address) === 6 ? "udp6" : "udp4");
  try {
    socket.bind(0, address ?? undefined);
    await once(socket, "listening");
    return socket.address().port;
  } finally {
    socket.close();
  }
}

/**
 * Holds the port from the process's start to its end, also while nobody publishes, so that nobody else takes it.
 * There is no `close`: the library waits for ever when a port is given back that a connection still uses, so the end of the process does it.
 */
export class RtcNetwork {
  readonly udpPort: number;
  /** Holding it keeps the port. */
  readonly listener: IceUdpMuxListener;
  readonly #address: string | null;
  readonly #options: RtcNetworkOptions;

  private constructor(udpPort: number, listener: IceUdpMuxListener, options: RtcNetworkOptions) {
    this.udpPort = udpPort;
    this.listener = listener;
    this.#address = bindAddress(options.host);
    this.#options = options;
  }

  /** Throws `Error` when the port is taken or an ICE server is malformed. */
  static async open(options: RtcNetworkOptions): Promise<RtcNetwork> {
    const address = bindAddress(options.host);
    for (let tries = 1; ; tries += 1) {
      const port = options.udpPort ?? (await freePort(address));
      try {
        const network = new RtcNetwork(
          port,
          address === null ? new IceUdpMuxListener(port) : new IceUdpMuxListener(port, address),
          options,
        );
        network.#check();
        return network;
      } catch (cause) {
        if (cause instanceof TypeError) throw new Error("The ICE servers cannot be used (ICE_SERVERS)", { cause });
        if (options.udpPort !== null || tries === TRIES)
          throw new Error(`UDP port ${port} cannot be used for WebRTC (RTC_UDP_PORT)`, { cause });
      }
    }
  }

  /** For a new peer connection on this port. */
  get config(): RtcConfig {
    return {
      iceServers: [...this.#options.iceServers],
      disableAutoNegotiation: true,
      // Packets come as they are; the library must not expect a data channel.
      forceMediaTransport: true,
      enableIceUdpMux: true,
      portRangeBegin: this.udpPort,
      portRangeEnd: this.udpPort,
      ...(this.#address === null ? {} : { bindAddress: this.#address }),
    };
  }

  /** Whether candidates beyond the machine's own addresses take time to find. */
  get asksServers(): boolean {
    return this.#options.iceServers.length > 0;
  }

  /** The candidate of `RTC_PUBLIC_IP` (the address that a router forwards from), unless the machine has that address itself. */
  publicCandidate(own: readonly string[]): string | null {
    const { publicIp } = this.#options;
    if (publicIp === null || own.some((candidate) => candidate.split(" ")[4] === publicIp)) return null;
    return `candidate:9 1 UDP 2113937151 ${publicIp} ${this.udpPort} typ host`;
  }

  /** The library reads its configuration only when a connection is made: better now than at the first offer. */
  #check(): void {
    new PeerConnection("check", this.config).close();
  }
}
