/** The one error that reading bytes (segments, inits, MP4 heads, playlists) can throw: everything read is outside input until it is parsed. */

/**
 * `truncated` the bytes end too early; `foreign` well formed, but not written by this product; `malformed` the bytes contradict themselves;
 * `limit` it would need more work or memory than anything of ours needs; `mismatch` well formed, but not what was expected (verification).
 */
export type MediaFormatCode = "truncated" | "foreign" | "malformed" | "limit" | "mismatch";

/** Thrown by every reader of this package; the message names the box, tag or field, never the content. */
export class MediaFormatError extends Error {
  override readonly name = "MediaFormatError";
  /** What is wrong with the bytes. */
  readonly code: MediaFormatCode;

  constructor(code: MediaFormatCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
