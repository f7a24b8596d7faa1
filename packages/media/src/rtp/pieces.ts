/** Pieces of a frame's data while its packets come; joined once, so that payload bytes are copied once. */
import { maxPictureBytes, maxPieces } from "./picture.js";

/** Collects pieces, up to the number and size that a picture can have. */
export class Pieces {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #count = 0;

  /** Bytes collected so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether there was more than any picture needs. */
  get isTooLarge(): boolean {
    return this.#bytes > maxPictureBytes || this.#count > maxPieces;
  }

  /** Adds a piece: a view, which must not change until `join`. Beyond the bound, bytes are only counted. */
  add(piece: Uint8Array): void {
    this.#bytes += piece.length;
    this.#count += 1;
    if (!this.isTooLarge) this.#parts.push(piece);
  }

  /** All pieces in one array of its own. */
  join(): Uint8Array {
    const joined = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }

  /** Forgets everything. */
  clear(): void {
    this.#parts = [];
    this.#bytes = 0;
    this.#count = 0;
  }
}
