/** Work of one key runs one after the other, whatever becomes of it. */
import { expect, test } from "vitest";
import { Serial } from "./serial.js";

test("in the order of the calls, also after a failure", async () => {
  const serial = new Serial();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = serial.run("a", async () => {
    await gate.promise;
    order.push("first");
    throw new Error("no");
  });
  const second = serial.run("a", async () => {
    order.push("second");
  });
  const other = serial.run("b", async () => {
    order.push("other");
  });
  await other;
  gate.resolve();
  await expect(first).rejects.toThrow("no");
  await second;
  expect(order).toEqual(["other", "first", "second"]);
  await serial.settled();
});
