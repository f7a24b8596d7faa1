/** Pins across file systems: `replays` of the root is another one. */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { ReplayError, wallMs } from "@livekit-replay/contract";
import { Counters } from "../src/store/counters.js";
import { Pins } from "../src/store/pin.js";
import { LogLines, openWriter, SESSION, START, writeRun } from "./store-material.js";

const [, , root = ""] = process.argv;
const { writer, close } = await openWriter(root);
await writeRun(writer, 3);
const counters = new Counters();
const pins = new Pins(root, new LogLines(), counters);
await pins.probe();
const probed = pins.health().status;
const options = {
  userId: "bob",
  atMs: wallMs(START),
  from: SESSION,
  files: ["init-0.mp4", "segment-0-0.m4s", "segment-0-1.m4s"],
  tail: null,
  playlist: "#EXTM3U\n",
};
const { key, writtenBytes } = await pins.pin(options);
const clip = { userId: "bob", key };
const late = [await pins.addLate(clip, SESSION, "segment-0-2.m4s"), await pins.addLate(clip, SESSION, "segment-0-2.m4s")];
const folder = path.join(root, "replays", "bob", `${key}.pins`);
const missing = await pins
  .pin({ ...options, files: ["segment-0-8.m4s"] })
  .catch((error: unknown) => (error instanceof ReplayError ? error.code : String(error)));
const result = {
  probed,
  health: pins.health().status,
  written: writtenBytes,
  links: (await stat(path.join(folder, "segment-0-0.m4s"))).nlink,
  late,
  files: (await readdir(folder)).sort(),
  missing,
  copied: counters.get("pins_copied"),
};
await close();
process.stdout.write(JSON.stringify(result));
