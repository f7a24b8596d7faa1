/** The HTTP side of WHIP (RFC 9725) as a client: offer, trickled candidates, end. Refusals come back as they are, for tests of bad input. */

/** What the server answered. `location` is absolute. */
export interface WhipAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  readonly location: string | null;
  readonly etag: string | null;
}

/** The server did not take the publication. */
export class WhipRefusal extends Error {
  override readonly name = "WhipRefusal";
  readonly answer: WhipAnswer;

  constructor(answer: WhipAnswer) {
    super(`WHIP refused with ${answer.status}: ${answer.body.slice(0, 300)}`);
    this.answer = answer;
  }
}

/** Where a publication goes, and as whom. */
export interface WhipTarget {
  readonly url: string;
  readonly token: string;
}

const LIMIT_MS = 15_000;

async function request(target: WhipTarget, method: string, headers: Record<string, string>, body: string | null): Promise<WhipAnswer> {
  const response = await fetch(target.url, {
    method,
    headers: { authorization: `Bearer ${target.token}`, ...headers },
    body,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const location = response.headers.get("location");
  return {
    status: response.status,
    body: await response.text(),
    contentType: response.headers.get("content-type") ?? "",
    location: location === null ? null : new URL(location, target.url).href,
    etag: response.headers.get("etag"),
  };
}

/** Sends an offer, of whatever text (4.2). */
export const postOffer = (target: WhipTarget, sdp: string, contentType = "application/sdp"): Promise<WhipAnswer> =>
  request(target, "POST", { "content-type": contentType }, sdp);

/** Sends candidates (4.3.2; RFC 8840). */
export const patchCandidates = (target: WhipTarget, fragment: string, etag: string | null): Promise<WhipAnswer> =>
  request(target, "PATCH", { "content-type": "application/trickle-ice-sdpfrag", ...(etag === null ? {} : { "if-match": etag }) }, fragment);

/** Ends a publication (4.2). */
export const deleteResource = (target: WhipTarget): Promise<WhipAnswer> => request(target, "DELETE", {}, null);
