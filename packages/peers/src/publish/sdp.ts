/** Edits of SDP text (RFC 8866) that a test peer needs: header extensions, feedback, candidates. Lines end with CR LF. */
import type { Endpoint } from "../proxy/udp.js";

/** Header extensions that the peers offer, by id (RFC 8285). */
export const EXTENSIONS = {
  mid: { id: 4, uri: "urn:ietf:params:rtp-hdrext:sdes:mid" },
  twcc: { id: 3, uri: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01" },
} as const;

const CRLF = "\r\n";
const linesOf = (sdp: string): string[] => sdp.split(/\r?\n/).filter((line) => line !== "");

/** Adds the header extensions after each section's `a=mid`, and `transport-cc` feedback for its payload types. */
export function addExtensions(sdp: string, transportCc: boolean): string {
  let payloadTypes: string[] = [];
  const lines = linesOf(sdp).flatMap((line) => {
    if (line.startsWith("m=")) payloadTypes = line.split(" ").slice(3);
    if (!line.startsWith("a=mid:")) return [line];
    const added = [line, `a=extmap:${EXTENSIONS.mid.id} ${EXTENSIONS.mid.uri}`];
    if (!transportCc) return added;
    return [
      ...added,
      `a=extmap:${EXTENSIONS.twcc.id} ${EXTENSIONS.twcc.uri}`,
      ...payloadTypes.map((type) => `a=rtcp-fb:${type} transport-cc`),
    ];
  });
  return lines.join(CRLF) + CRLF;
}

/** The id that the answer gives an extension; null when it did not take it. */
export function acceptedExtension(answer: string, uri: string): number | null {
  for (const line of linesOf(answer)) {
    const found = /^a=extmap:(\d+)(?:\/\w+)? (\S+)/.exec(line);
    if (found && found[2] === uri) return Number(found[1]);
  }
  return null;
}

/** Without candidates, so that all that the other side learns comes from connectivity checks. */
export const withoutCandidates = (sdp: string): string =>
  linesOf(sdp)
    .filter((line) => !line.startsWith("a=candidate:") && line !== "a=end-of-candidates")
    .join(CRLF) + CRLF;

/** Puts another address into every UDP candidate. */
export function rerouteCandidates(sdp: string, route: (server: Endpoint) => Endpoint): string {
  const lines = linesOf(sdp).map((line) => {
    const found = /^(a=candidate:\S+ \d+ udp \d+) (\S+) (\d+) (.*)$/i.exec(line);
    if (!found) return line;
    const { host, port } = route({ host: found[2] ?? "", port: Number(found[3]) });
    return `${found[1]} ${host} ${port} ${found[4]}`;
  });
  return lines.join(CRLF) + CRLF;
}

/** The fragment that trickles all of an offer's candidates at once (RFC 8840, 9). */
export function candidateFragment(sdp: string): string {
  const lines = linesOf(sdp);
  const pick = (prefix: string): string[] => lines.filter((line) => line.startsWith(prefix));
  const [ufrag, password, media, mid] = ["a=ice-ufrag:", "a=ice-pwd:", "m=", "a=mid:"].map((prefix) => pick(prefix)[0] ?? "");
  return [ufrag, password, media, mid, ...pick("a=candidate:"), "a=end-of-candidates"].join(CRLF) + CRLF;
}
