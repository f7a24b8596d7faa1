/** A list of 32-bit numbers that grows: tables of a clip have tens of thousands of entries, and an array of boxed numbers would cost several times as much. */

export class Uint32List {
  #values = new Uint32Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The last entry; 0 when empty. */
  get last(): number {
    return this.#length === 0 ? 0 : (this.#values[this.#length - 1] ?? 0);
  }

  set last(value: number) {
    if (this.#length > 0) this.#values[this.#length - 1] = value;
  }

  push(value: number): void {
    this.#reserve(this.#length + 1);
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  append(values: Uint32Array): void {
    this.#reserve(this.#length + values.length);
    this.#values.set(values, this.#length);
    this.#length += values.length;
  }

  /** The entries, without a copy: valid until the next change. */
  get values(): Uint32Array {
    return this.#values.subarray(0, this.#length);
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return;
    const grown = new Uint32Array(Math.max(length, this.#values.length * 2));
    grown.set(this.#values);
    this.#values = grown;
  }
}
