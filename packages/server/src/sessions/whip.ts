/** The HTTP rules of WHIP (RFC 9725) that are not about media: what a body must be, what a resource's PATCH must say. */
import { ReplayError } from "@livekit-replay/contract";
import type { WhipRecorderPort } from "../recorders/port.js";
import type { Publication, Publications } from "./publications.js";

/** Media type of an offer. */
export const offerType = "application/sdp";
/** Media type of trickled candidates (RFC 8840). */
export const fragmentType = "application/trickle-ice-sdpfrag";

/** The media type of a `Content-Type` header, without its parameters. */
const mediaTypeOf = (header: string | undefined): string => (header ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

/** A body of the media type that a route takes. @throws ReplayError `unsupported_media_type`, `invalid_sdp` */
export function textOf(body: unknown, contentType: string | undefined, wanted: string): string {
  if (mediaTypeOf(contentType) !== wanted)
    throw new ReplayError("unsupported_media_type", { detail: `The content type must be ${wanted}` });
  if (typeof body !== "string" || body.trim() === "") throw new ReplayError("invalid_sdp");
  return body;
}

/** One entry of `ICE_SERVERS` as a `Link` header's value (RFC 9725, 4.6). */
export function iceServerLink(server: string): string {
  const match = /^(turns?):([^:@]+):([^@]+)@(.+)$/.exec(server);
  if (!match) return `<${server}>; rel="ice-server"`;
  const [, scheme = "", user = "", credential = "", address = ""] = match;
  const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
  return `<${scheme}:${address}>; rel="ice-server"; username=${quoted(user)}; credential=${quoted(credential)}; credential-type="password"`;
}

/** Trickle ICE on WHIP resources. */
export class Trickle {
  readonly #publications: Publications;
  readonly #recorder: WhipRecorderPort;

  constructor(publications: Publications, recorder: WhipRecorderPort) {
    this.#publications = publications;
    this.#recorder = recorder;
  }

  /**
   * Candidates for a resource (RFC 9725, 4.3.2). `*` in `If-Match` asks for an ICE restart, which is not supported.
   * @throws ReplayError `precondition_required`, `precondition_failed`, `ice_restart_unsupported`, `publication_not_found`
   */
  async patch(publicationId: string, ifMatch: string | undefined, fragment: string): Promise<void> {
    const publication: Publication | null = this.#publications.get(publicationId);
    if (!publication) throw new ReplayError("publication_not_found");
    if (ifMatch === undefined) throw new ReplayError("precondition_required");
    if (ifMatch.trim() === "*") throw new ReplayError("ice_restart_unsupported");
    if (ifMatch.trim() !== publication.etag) throw new ReplayError("precondition_failed");
    await this.#recorder.candidates(publicationId, fragment);
  }
}
