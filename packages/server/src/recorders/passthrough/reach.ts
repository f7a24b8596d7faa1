/** How the WebRTC library reaches LiveKit: from which address, and with which of LiveKit's ICE servers. */
import type { ICEServer } from "@livekit/protocol";
import type { IceServer, RtcConfig } from "node-datachannel";
import { bindAddress } from "../whip/network.js";

const MAX_SERVERS = 4;

/** The parts of `stun:host:port` and `turn:host:port?transport=udp`. */
const addressPattern = /^(stun|turn):(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/;

/** The servers that the library can use: STUN, and TURN over UDP. The others would only help where UDP is shut out, where it cannot go at all. */
export function usableServers(servers: readonly ICEServer[]): (string | IceServer)[] {
  const found = servers.flatMap(({ urls, username, credential }) =>
    urls.flatMap((url): (string | IceServer)[] => {
      const match = addressPattern.exec(url);
      const hostname = match?.[2];
      const port = Number(match?.[3] ?? 3478);
      if (hostname === undefined || match?.[4] === "tcp" || port < 1 || port > 65_535) return [];
      if (match?.[1] === "stun") return [`stun:${hostname}:${port}`];
      return [{ hostname, port, username, password: credential, relayType: "TurnUdp" }];
    }),
  );
  return found.slice(0, MAX_SERVERS);
}

/**
 * The library's configuration. With both the server and LiveKit on this machine everything stays on the loopback, and nobody is asked for reflexive addresses.
 * A LiveKit elsewhere is reached from all addresses, also by a server whose own pages are for this machine only.
 */
export function subscriberConfig(host: string, livekitUrl: string, servers: readonly ICEServer[]): RtcConfig {
  const own = bindAddress(host);
  const isLocal = own !== null && bindAddress(new URL(livekitUrl).hostname.replace(/^\[|\]$/g, "")) !== null;
  return {
    iceServers: isLocal ? [] : usableServers(servers),
    disableAutoNegotiation: true,
    forceMediaTransport: true,
    ...(isLocal ? { bindAddress: own } : {}),
  };
}
