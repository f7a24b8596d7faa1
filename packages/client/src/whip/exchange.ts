/** WHIP over HTTP (RFC 9725): an offer in, an answer out, a resource to delete. Candidates are gathered before, so nothing trickles. */
import { UnreachableError } from "../request/error.js";
import type { Transport } from "../request/transport.js";

/** A publication as the server made it. */
export interface Publication {
  readonly answerSdp: string;
  /** Path below the base address; `DELETE` ends the publication. */
  readonly resource: string;
}

/** The WHIP endpoint of the server. */
export class WhipResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * `POST /whip/:roomName`: publishes; the session starts with it unless `start` is false.
   * Throws `already_active`, `community_limit`, `permission_denied`, `unsupported_codec`, `invalid_sdp`, `recorder_unavailable`.
   */
  async publish(
    roomName: string,
    offerSdp: string,
    options: { readonly start?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<Publication> {
    const response = await this.#transport.raw({
      method: "POST",
      path: `/whip/${encodeURIComponent(roomName)}`,
      query: { start: options.start === false ? "false" : undefined },
      body: offerSdp,
      contentType: "application/sdp",
      ...(options.signal && { signal: options.signal }),
    });
    const location = response.headers.get("location");
    const answerSdp = await response.text();
    if (location === null) throw new UnreachableError("unexpected", "The server did not say where the publication is (Location)");
    return { answerSdp, resource: this.#resourcePath(location) };
  }

  /** `DELETE` of a publication: the share has ended. `keepalive`: send it although the page is being left. */
  async unpublish(resource: string, options: { readonly keepalive?: boolean } = {}): Promise<void> {
    await this.#transport.empty({ method: "DELETE", path: resource, keepalive: options.keepalive ?? false, timeoutMs: 5000 });
  }

  /** The token goes only to the server that was configured, whatever `Location` says. */
  #resourcePath(location: string): string {
    const base = new URL(this.#transport.baseUrl);
    const url = new URL(location, `${this.#transport.baseUrl}/whip/`);
    if (url.origin !== base.origin || !url.pathname.startsWith(`${base.pathname}/`)) {
      throw new UnreachableError("unexpected", "The server put the publication at an address that is not its own");
    }
    return url.pathname.slice(base.pathname.length);
  }
}
