/** Writes segments until it is killed; says each one with a byte once it is there. */
import { writeSync } from "node:fs";
import { openWriter, segmentBytes, writeRun } from "./store-material.js";

const [, , root = ""] = process.argv;
const { writer } = await openWriter(root);
await writeRun(writer, 0);
for (let number = 0; ; number += 1) {
  await writer.writeSegment(0, number, segmentBytes({ number, frameBytes: 20_000 }));
  writeSync(1, ".");
}
