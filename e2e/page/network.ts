/** The network between a page and its server, which can be cut: requests and streams by TCP, the media of a share by UDP. */
import type { Page } from "@playwright/test";
import { CutTcpProxy, LossyUdpProxy, type ServerProcess } from "@livekit-replay/peers";

/** A host candidate of an answer: everything up to its address, the address, its port, and the rest. */
const CANDIDATE = /^(a=candidate:\S+ \d+ udp \d+ )(\S+) (\d+)( typ host.*)$/gim;

/** Open from `between` to `close`. */
export class Network {
  readonly #tcp: CutTcpProxy;
  readonly #udp: LossyUdpProxy;

  private constructor(tcp: CutTcpProxy, udp: LossyUdpProxy) {
    this.#tcp = tcp;
    this.#udp = udp;
  }

  /** Puts it in front of a server. */
  static async between(server: ServerProcess): Promise<Network> {
    return new Network(await CutTcpProxy.to(Number(new URL(server.url).port)), await LossyUdpProxy.open({ seed: 1 }));
  }

  /** Where the page is by way of it. */
  get url(): string {
    return `http://127.0.0.1:${this.#tcp.port}`;
  }

  /** Leads the media of the page's shares by way of it: answers name the proxy instead of the server. */
  async lead(page: Page): Promise<void> {
    await page.route("**/livekit-replay/whip/*", async (route) => {
      if (route.request().method() !== "POST") return await route.continue();
      const response = await route.fetch().catch(() => undefined);
      if (response === undefined) return await route.abort("connectionfailed");
      const body = (await response.text()).replace(CANDIDATE, (_, head: string, host: string, port: string, rest: string) => {
        const by = this.#udp.route({ host, port: Number(port) });
        return `${head}${by.host} ${by.port}${rest}`;
      });
      return await route.fulfill({ response, body });
    });
  }

  /** Lets nothing through any more, or everything again. */
  setCut(cut: boolean): void {
    this.#udp.setCut(cut);
    this.#tcp.setCut(cut);
  }

  /** Cuts it now, and mends it after so long; resolves then. */
  cutFor(ms: number): Promise<void> {
    this.setCut(true);
    const mended = Promise.withResolvers<void>();
    setTimeout(() => {
      this.setCut(false);
      mended.resolve();
    }, ms);
    return mended.promise;
  }

  async close(): Promise<void> {
    await this.#udp.close();
    await this.#tcp.close();
  }
}
