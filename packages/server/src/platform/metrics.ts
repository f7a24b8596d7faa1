/** Counters and gauges for Prometheus. Features register their own; every drop and every refusal of a bound is counted here. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** All metrics of one server. Names begin with `replay_`. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Adds to a counter, which appears with its first use. `name` without the prefix, ending in `_total`. */
  count(name: string, help: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    let counter = this.#counters.get(name);
    if (!counter) {
      counter = new Counter({ name: `replay_${name}`, help, labelNames: Object.keys(labels), registers: [this.#registry] });
      this.#counters.set(name, counter);
    }
    counter.inc({ ...labels }, by);
  }

  /** A gauge that is read when it is asked for. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const gauge: Gauge = new Gauge({
      name: `replay_${name}`,
      help,
      registers: [this.#registry],
      async collect() {
        gauge.set(await read());
      },
    });
  }

  /** Gauges of one name, told apart by a label, read when they are asked for. */
  gauges(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void {
    const gauge: Gauge = new Gauge({
      name: `replay_${name}`,
      help,
      labelNames: [label],
      registers: [this.#registry],
      collect() {
        gauge.reset();
        for (const [value, number] of Object.entries(read())) gauge.set({ [label]: value }, number);
      },
    });
  }

  /** A histogram of seconds. */
  seconds(name: string, help: string, labelNames: readonly string[], buckets: readonly number[]): Histogram {
    return new Histogram({ name: `replay_${name}`, help, labelNames: [...labelNames], buckets: [...buckets], registers: [this.#registry] });
  }

  /** The text of `/metrics` and its content type. */
  async text(): Promise<{ readonly type: string; readonly text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
