/** The proxy between a real client and a real server. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { CutTcpProxy } from "./tcp.js";

let server: Server | undefined;
let proxy: CutTcpProxy | undefined;
afterEach(async () => {
  await proxy?.close();
  server?.closeAllConnections();
  server?.close();
});

test("lets everything through, tears what is open when it is cut, and goes on afterwards", async () => {
  server = createServer((request, response) => {
    response.write("here");
    if (request.url !== "/stream") response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy = await CutTcpProxy.to((server.address() as AddressInfo).port);
  const url = `http://127.0.0.1:${proxy.port}`;
  expect(await (await fetch(url)).text()).toBe("here");
  const stream = await fetch(`${url}/stream`);
  const read = stream.text().catch(() => "torn");
  proxy.setCut(true);
  expect(await read).toBe("torn");
  await expect(fetch(url)).rejects.toThrow(/fetch failed/);
  proxy.setCut(false);
  expect(await (await fetch(url)).text()).toBe("here");
  await proxy.close();
  await proxy.close();
});
