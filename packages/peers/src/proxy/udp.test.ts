/** The proxy between two real sockets. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { type Conditions, LossyUdpProxy } from "./udp.js";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const item of open.splice(0)) await item.close();
});

async function socket(): Promise<Socket> {
  const made = createSocket({ type: "udp4", recvBufferSize: 4 * 1024 * 1024 });
  made.bind(0, "127.0.0.1");
  await once(made, "listening");
  open.push(made);
  return made;
}

/** Sends numbered packets by way of the proxy to an echo, and gives what came to the echo and back, with times. */
async function roundTrip(
  conditions: Conditions,
  count: number,
  expected: number,
  seed = 7,
): Promise<{ there: number[]; back: number[]; firstMs: number; proxy: LossyUdpProxy }> {
  const proxy = await LossyUdpProxy.open({ seed, ...conditions });
  open.push(proxy);
  const echo = await socket();
  const { port } = proxy.route({ host: "127.0.0.1", port: echo.address().port });
  const client = await socket();
  const there: number[] = [];
  const back: number[] = [];
  let firstMs = 0;
  const begin = performance.now();
  echo.on("message", (packet, from) => {
    if (there.push(packet.readUInt32BE()) === 1) firstMs = performance.now() - begin;
    echo.send(packet, from.port, from.address);
  });
  const finished = new Promise<void>((resolve) => {
    client.on("message", (packet) => {
      if (back.push(packet.readUInt32BE()) === expected) resolve();
    });
  });
  for (let number = 0; number < count; number += 1) {
    const packet = Buffer.alloc(1200);
    packet.writeUInt32BE(number);
    client.send(packet, port, "127.0.0.1");
    if (number % 20 === 19) await new Promise((resolve) => setImmediate(resolve));
  }
  await finished;
  return { there, back, firstMs, proxy };
}

describe("LossyUdpProxy", () => {
  it("changes nothing when nothing is asked for", async () => {
    const { there, back } = await roundTrip({}, 500, 500);
    expect(there).toEqual(Array.from({ length: 500 }, (_, number) => number));
    expect(back).toEqual(there);
  });

  it("delays each direction and keeps the order", async () => {
    const { there, back, firstMs } = await roundTrip({ delayMs: 40 }, 100, 100);
    expect(firstMs).toBeGreaterThan(39);
    expect(there).toEqual([...there].sort((a, b) => a - b));
    expect(back).toHaveLength(100);
  });

  it("loses, repeats and reorders by its seed", async () => {
    const conditions = { loss: 0.1, duplicate: 0.1, reorder: 0.1, reorderMs: 20 };
    const { there, proxy } = await roundTrip(conditions, 1000, 800);
    const { forwarded, lost, duplicated, reordered } = proxy.toServer;
    expect(lost).toBeGreaterThan(60);
    expect(lost).toBeLessThan(140);
    expect(forwarded + lost).toBe(1000);
    expect(duplicated).toBeGreaterThan(50);
    expect(reordered).toBeGreaterThan(50);
    expect(there.some((number, index) => number < (there[index - 1] ?? 0))).toBe(true);
    expect(new Set(there).size).toBeLessThan(there.length);
  });

  it("lets nothing through while it is cut, and closes twice", async () => {
    const { proxy, back } = await roundTrip({}, 1, 1);
    proxy.setCut(true);
    expect(back).toHaveLength(1);
    const client = await socket();
    await new Promise<void>((resolve) => client.send(Buffer.alloc(8), proxy.endpoint.port, "127.0.0.1", () => resolve()));
    await expect.poll(() => proxy.toServer.lost).toBe(1);
    expect(proxy.toServer.forwarded).toBe(1);
    await proxy.close();
    await proxy.close();
  });
});
