/** Where the time of an answer went, for its `Server-Timing` header (W3C Server Timing): who measures from outside sees the steps inside. */

/** Names its steps; each lasts from the one before. */
export class Stopwatch {
  readonly #steps: { readonly name: string; readonly ms: number }[] = [];
  #at = performance.now();

  /** Ends a step. The name is a token (RFC 9110, 5.6.2). */
  lap(name: string): void {
    const now = performance.now();
    this.#steps.push({ name, ms: now - this.#at });
    this.#at = now;
  }

  /** The header's value; null before the first step. */
  get header(): string | null {
    return this.#steps.length === 0 ? null : this.#steps.map(({ name, ms }) => `${name};dur=${ms.toFixed(1)}`).join(", ");
  }
}
