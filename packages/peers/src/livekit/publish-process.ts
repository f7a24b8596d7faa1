/** The program `tools/livekit-publish`: one process that holds any number of participants. */
import { createInterface } from "node:readline";
import { BackgroundProcess } from "../process/background.js";
import { livekitPublishPath } from "./place.js";
import { type PublisherAnswer, type PublisherEvent, readPublisherLine } from "./wire.js";

type Waiting = (answer: PublisherAnswer) => void;

const COMMAND_LIMIT_MS = 40_000;

/** A running `livekit-publish`. `close` lets everybody leave; it may be called more than once. */
export class PublishProcess {
  readonly #process: BackgroundProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<number, (event: PublisherEvent) => void>();
  #commands = 0;
  #participants = 0;

  private constructor(process: BackgroundProcess) {
    this.#process = process;
    const lines = createInterface({ input: process.stdout });
    lines.on("line", (line) => this.#hear(line));
    void process.ended.then(() => {
      for (const [id, settle] of this.#waiting) settle({ id, error: "the publisher ended" });
    });
  }

  /**
   * Starts the program: `LIVEKIT_PUBLISH_PATH`, else the one that the set-up built.
   * @throws Error when it is not there.
   */
  static async start(): Promise<PublishProcess> {
    return new PublishProcess(await BackgroundProcess.start({ command: livekitPublishPath(), keepStdout: false }));
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** A number for one more participant, and who hears its events. */
  addParticipant(listener: (event: PublisherEvent) => void): number {
    this.#participants += 1;
    this.#listeners.set(this.#participants, listener);
    return this.#participants;
  }

  /**
   * Gives a command to a participant and waits for its answer.
   * @throws Error with the program's words.
   */
  async command(participant: number, verb: string, more: object = {}): Promise<unknown> {
    if (this.#process.end) throw new Error(`${verb}: the publisher has ended`);
    this.#commands += 1;
    const id = this.#commands;
    const { promise, resolve } = Promise.withResolvers<PublisherAnswer>();
    this.#waiting.set(id, resolve);
    const limit = setTimeout(() => resolve({ id, error: "no answer in time" }), COMMAND_LIMIT_MS);
    this.#process.write(`${JSON.stringify({ id, do: verb, participant, ...more })}\n`);
    const answer = await promise;
    clearTimeout(limit);
    this.#waiting.delete(id);
    if (answer.error !== undefined) throw new Error(`${verb}: ${answer.error} ${this.#process.lines.join("\n")}`.trim());
    return answer.result;
  }

  /** Everybody in it is gone without a goodbye, as a browser that crashed: SIGKILL. */
  async vanish(): Promise<void> {
    await this.#process.kill();
  }

  /** Stops the process in its tracks, as a laptop that sleeps: connections stay open and nothing answers. */
  freeze(): void {
    this.#process.signal("SIGSTOP");
  }

  /** Lets it go on after `freeze`. */
  thaw(): void {
    this.#process.signal("SIGCONT");
  }

  async close(): Promise<void> {
    this.thaw();
    await this.#process.close("input");
  }

  #hear(line: string): void {
    const heard = readPublisherLine(line);
    if ("id" in heard) this.#waiting.get(heard.id)?.(heard);
    else this.#listeners.get(heard.participant)?.(heard);
  }
}
