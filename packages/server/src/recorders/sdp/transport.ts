/** The transport in a description, theirs and ours: ICE credentials, DTLS fingerprint and role, candidates. */
import { readCandidate } from "./candidate.js";
import { attribute, attributes, invalidSdp, type SdpMedia, type SdpSession } from "./read.js";

/** The other side's transport, checked. */
export interface RemoteTransport {
  readonly ice: { readonly ufrag: string; readonly password: string };
  /** `sha-256 AB:CD:…`. */
  readonly fingerprint: string;
  readonly setup: "actpass" | "active" | "passive";
  readonly candidates: readonly string[];
}

/** Our side of the transport, as the WebRTC library made it. */
export interface LocalTransport {
  readonly ufrag: string;
  readonly password: string;
  /** `sha-256 AB:CD:…`. */
  readonly fingerprint: string;
  readonly setup: "active" | "passive";
  /** Without `a=`. */
  readonly candidates: readonly string[];
}

/** More than this the ICE agent does not hold. */
const MAX_CANDIDATES = 20;

const line = (sdp: string, name: string): string => new RegExp(`^a=${name}:(.*?)\\r?$`, "m").exec(sdp)?.[1] ?? "";

/** Reads it from the library's own description. */
export function localTransport(sdp: string): LocalTransport {
  return {
    ufrag: line(sdp, "ice-ufrag"),
    password: line(sdp, "ice-pwd"),
    fingerprint: line(sdp, "fingerprint"),
    setup: line(sdp, "setup") === "active" ? "active" : "passive",
    candidates: [...sdp.matchAll(/^a=(candidate:.*?)\r?$/gm)].map((match) => match[1] ?? ""),
  };
}

/** Reads it from a section, or from the session where the section leaves it out. Throws `invalid_sdp`. */
export function remoteTransport(session: SdpSession, media: SdpMedia): RemoteTransport {
  const value = (name: string): string | null => attribute(media, name) ?? attribute(session, name);
  const ufrag = value("ice-ufrag") ?? "";
  const password = value("ice-pwd") ?? "";
  if (!/^[A-Za-z0-9+/]{4,256}$/.test(ufrag) || !/^[A-Za-z0-9+/]{22,256}$/.test(password))
    throw invalidSdp("The offer has no ICE credentials (a=ice-ufrag, a=ice-pwd)");
  const candidates = [...attributes(session, "candidate"), ...session.media.flatMap((each) => attributes(each, "candidate"))];
  const usable = new Set(candidates.flatMap((candidate) => readCandidate(candidate) ?? []));
  return {
    ice: { ufrag, password },
    fingerprint: fingerprintOf(session, media),
    setup: setupOf(value("setup")),
    candidates: [...usable].slice(0, MAX_CANDIDATES),
  };
}

/** RFC 8122, 5. Hashes that are broken or unknown to the DTLS library are no proof of anything. */
const digestBytes: Readonly<Record<string, number>> = { "sha-256": 32, "sha-384": 48, "sha-512": 64 };

function fingerprintOf(session: SdpSession, media: SdpMedia): string {
  const own = attributes(media, "fingerprint");
  for (const value of own.length > 0 ? own : attributes(session, "fingerprint")) {
    const [algorithm = "", digest = ""] = value.split(" ");
    const bytes = digestBytes[algorithm.toLowerCase()];
    if (bytes !== undefined && new RegExp(`^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){${bytes - 1}}$`).test(digest))
      return `${algorithm.toLowerCase()} ${digest.toUpperCase()}`;
  }
  throw invalidSdp("The offer has no usable DTLS fingerprint (a=fingerprint with sha-256, sha-384 or sha-512)");
}

function setupOf(value: string | null): RemoteTransport["setup"] {
  if (value === null || value === "actpass") return "actpass";
  if (value === "active" || value === "passive") return value;
  throw invalidSdp("The a=setup of the offer must be actpass, active or passive");
}
