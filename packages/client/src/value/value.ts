/** A value that can be watched: the smallest store that a framework's hooks and plain code can share. */

/** What can be read and watched. */
export interface Readable<T> {
  readonly get: () => T;
  /** Calls back after each change; answers how to stop that. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Holds one value. Setting the same value again tells nobody. */
export class Value<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }
}
