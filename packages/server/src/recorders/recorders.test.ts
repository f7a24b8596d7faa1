/** Several recorders as one: each is told, one failure keeps nobody from being told, the one that has a tail gives it. */
import type { TailEntry } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import type { RecorderEvent, RecorderPort } from "./port.js";
import { Recorders } from "./recorders.js";

const tailEntry: TailEntry = {
  run: 0,
  number: 3,
  runReason: "start",
  startPts: 0,
  endPts: 1,
  startWall: 0,
  endWall: 1,
  sizeBytes: 1,
  frames: 1,
  gaps: [],
  coversFrom: 3,
  coversTo: 3,
};

/** A recorder at the other end of a network that may be down. */
class RemoteRecorder implements RecorderPort {
  readonly calls: string[] = [];
  readonly listeners = new Set<(event: RecorderEvent) => void>();
  readonly #own: string;
  readonly #down: boolean;

  constructor(own: string, down = false) {
    this.#own = own;
    this.#down = down;
  }

  async stop(sessionId: string): Promise<void> {
    this.calls.push(`stop ${sessionId}`);
    if (this.#down) throw new Error("down");
  }

  async tail(sessionId: string): Promise<TailEntry | null> {
    return sessionId === this.#own ? tailEntry : null;
  }

  on(listener: (event: RecorderEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.calls.push("close");
  }
}

test("stop reaches every recorder, and a failure is told", async () => {
  const [down, up] = [new RemoteRecorder("a", true), new RemoteRecorder("b")];
  await expect(new Recorders([down, up]).stop("b")).rejects.toThrow("down");
  expect(up.calls).toEqual(["stop b"]);
});

test("the tail comes from the recorder that has the session; nobody has it: null", async () => {
  const recorders = new Recorders([new RemoteRecorder("a"), new RemoteRecorder("b")]);
  expect(await recorders.tail("b", "capture", 1)).toBe(tailEntry);
  expect(await recorders.tail("c", "capture", 1)).toBeNull();
});

test("a recorder for both is asked, heard and closed once", async () => {
  const both = new RemoteRecorder("a");
  const recorders = new Recorders([both, both]);
  const end = recorders.on(() => undefined);
  expect(both.listeners.size).toBe(1);
  end();
  expect(both.listeners.size).toBe(0);
  await recorders.stop("a");
  await recorders.close();
  await recorders.close();
  expect(both.calls).toEqual(["stop a", "close"]);
});
