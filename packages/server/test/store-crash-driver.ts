/**
 * Does one thing to a store and is killed in the middle of it: before its n-th change of the disk or the database (a write is cut in half).
 * The system's own calls are counted, so that the product has no hook for this. Prints `answered` where the server would answer, and `steps n` when it lives.
 */
import { constants, writeSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { StatementSync } from "node:sqlite";
import { millis } from "@livekit-replay/contract";
import { systemClock } from "../src/platform/clock.js";
import { Buffers } from "../src/store/buffers.js";
import { Counters } from "../src/store/counters.js";
import { segmentBytes, SESSION } from "./store-material.js";
import { capture, deleteClip, finalise, openWorld, trim, unpin, type World } from "./store-world.js";

const [, , root = "", scenario = "", killAt = "0"] = process.argv;
let steps = 0;
let counting = false;

/** Counts a step; true when this is the one that is not survived. */
const isLast = (): boolean => counting && ++steps === Number(killAt);
const die = (): void => void process.kill(process.pid, "SIGKILL");

/** Puts the count before a function of the system. */
function count(
  holder: object,
  name: string,
  applies: (args: readonly unknown[]) => boolean = () => true,
  half?: (self: object, args: readonly unknown[]) => void,
): void {
  const original: unknown = Reflect.get(holder, name);
  if (typeof original !== "function") throw new TypeError(`${name} is no function`);
  const counted = function (this: object, ...args: unknown[]): unknown {
    if (applies(args) && isLast()) {
      half?.(this, args);
      die();
      // The signal is on its way; nothing more may be done.
      return new Promise(() => {});
    }
    return Reflect.apply(original, this, args);
  };
  Object.defineProperty(holder, name, { value: counted, configurable: true, writable: true });
}

async function countEverything(): Promise<void> {
  const handle = await fs.open(import.meta.filename, "r");
  const prototype: unknown = Object.getPrototypeOf(handle);
  await handle.close();
  if (typeof prototype !== "object" || prototype === null) throw new TypeError("no prototype");
  count(prototype, "sync");
  count(prototype, "write", undefined, (self, [bytes]) => {
    const fd: unknown = Reflect.get(self, "fd");
    if (typeof fd === "number" && bytes instanceof Uint8Array) writeSync(fd, bytes, 0, Math.floor(bytes.length / 2), 0);
  });
  for (const name of ["link", "rename", "mkdir", "unlink", "rmdir", "copyFile"]) count(fs, name);
  count(fs, "open", ([, flags]) => typeof flags === "number" && (flags & constants.O_CREAT) !== 0);
  syncBuiltinESMExports();
  count(StatementSync.prototype, "run");
}

const CLIP = "clip-000000000000001";
const theClip = async (world: World): Promise<NonNullable<Awaited<ReturnType<World["catalog"]["clips"]["find"]>>>> => {
  const row = await world.catalog.clips.find(CLIP);
  if (row === null) throw new Error("no clip");
  return row;
};

const scenarios: Readonly<Record<string, (world: World) => Promise<void>>> = {
  capture: async (world) => void (await capture(world, "clip-000000000000002")),
  late: async (world) =>
    void (await world.store.pins.addLate({ userId: "bob", key: (await theClip(world)).fileKey }, SESSION, "segment-0-2.m4s")),
  finalise: async (world) => finalise(world, await theClip(world)),
  poster: async (world) => world.store.clips.writePoster({ userId: "bob", key: (await theClip(world)).fileKey }, segmentBytes()),
  delete: async (world) => deleteClip(world, await theClip(world)),
  unpin: async (world) => unpin(world, await theClip(world)),
  trim: async (world) => void (await trim(world, await theClip(world), { startMs: 0, endMs: 3000 })),
  forget: async (world) => void (await world.store.buffers.forget(SESSION, null)),
  recover: async (world) => void (await world.store.recover()),
  expire: async ({ logger }) => {
    // A window of two seconds: all but the newest segment have left it.
    const buffers = new Buffers({ root, bufferMs: millis(2000), clock: systemClock, logger, counters: new Counters() });
    await (await buffers.open(SESSION)).settled();
  },
  "remove-session": async (world) => void (await world.store.buffers.remove(SESSION)),
};

const world = await openWorld(root);
const buffer = await world.store.buffers.open(SESSION);
await buffer.settled();
await countEverything();
counting = true;
await scenarios[scenario]?.(world);
writeSync(1, "answered\n");
counting = false;
writeSync(1, `steps ${steps}\n`);
await world.close();
