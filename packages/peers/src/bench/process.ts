/** What a process uses, from `/proc` (Linux): processor time and resident memory. */
import { readFile } from "node:fs/promises";

/** Clock ticks a second of `/proc/<pid>/stat`: fixed at 100 for user space on Linux. */
const TICKS = 100;

/** Processor time so far, user and system, in seconds. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold spaces; the fields are counted behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Resident memory, bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** Watches the largest resident memory of a process until it is stopped. */
export class MemoryWatch {
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(pid: number) {
    const look = (): void => {
      residentBytes(pid).then(
        (bytes) => {
          this.#peak = Math.max(this.#peak, bytes);
        },
        () => {},
      );
    };
    look();
    this.#timer = setInterval(look, 10);
  }

  /** Stops watching; gives the largest value seen, bytes. */
  stop(): number {
    clearInterval(this.#timer);
    return this.#peak;
  }
}
