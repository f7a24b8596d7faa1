/** Trickled candidates: the body of a WHIP `PATCH` (RFC 9725, 4.3.2; the format is RFC 8840). */
import { readCandidate } from "../../sdp/candidate.js";
import { invalidSdp, readAttribute, readLines, readMediaLine } from "../../sdp/read.js";

/** What a fragment brings. */
export interface CandidateFragment {
  /** Credentials that the candidates belong to; null when the fragment names none. */
  readonly ufrag: string | null;
  /** Candidates that can be used, without `a=`. */
  readonly candidates: readonly string[];
  /** How many others there were: names of mDNS, TCP, malformed. */
  readonly ignored: number;
}

const MAX_CANDIDATES = 64;

/** Reads a fragment. Throws `invalid_sdp` when it is none. All media share one transport, so the media lines are only checked. */
export function readFragment(text: string): CandidateFragment {
  let ufrag: string | null = null;
  let ignored = 0;
  const candidates = new Set<string>();
  for (const [type, value] of readLines(text)) {
    if (type === "m") {
      readMediaLine(value);
    } else if (type !== "a") {
      throw invalidSdp("The body is not a trickle ICE fragment: only a= and m= lines may be in it");
    } else {
      const { name, value: content } = readAttribute(value);
      if (name === "ice-ufrag") ufrag = content;
      if (name !== "candidate") continue;
      const candidate = readCandidate(content);
      if (candidate === null || candidates.size === MAX_CANDIDATES) ignored += 1;
      else candidates.add(candidate);
    }
  }
  return { ufrag, candidates: [...candidates], ignored };
}
