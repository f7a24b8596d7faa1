/** What the store counts (drops, refusals, errors), by name; the metrics endpoint reads a snapshot. */
export class Counters {
  private readonly values = new Map<string, number>();

  /** Adds to a counter; it starts at 0. */
  add(name: string, by = 1): void {
    this.values.set(name, (this.values.get(name) ?? 0) + by);
  }

  /** The value of one counter. */
  get(name: string): number {
    return this.values.get(name) ?? 0;
  }

  /** All counters by name, as they are now. */
  snapshot(): Record<string, number> {
    return Object.fromEntries(this.values);
  }
}
