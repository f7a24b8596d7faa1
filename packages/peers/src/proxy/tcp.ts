/** A TCP proxy in front of a server, which can be cut like a network: what is open is torn, and nobody gets through. It changes no byte. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Between clients and one port of 127.0.0.1. `close` may be called more than once. */
export class CutTcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut = false;

  private constructor(target: number) {
    this.#server = createServer((client) => this.#lead(client, target));
  }

  /** Opens one on a free port of 127.0.0.1. */
  static async to(port: number): Promise<CutTcpProxy> {
    const proxy = new CutTcpProxy(port);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Tears everything and lets nobody through from now on; or everybody again. */
  setCut(cut: boolean): void {
    this.#cut = cut;
    if (cut) this.#tear();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#tear();
    await closed;
  }

  #tear(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #lead(client: Socket, target: number): void {
    if (this.#cut) return void client.destroy();
    const upstream = connect(target, "127.0.0.1");
    const pair = [client, upstream];
    const end = (): void => {
      for (const socket of pair) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of pair) {
      this.#sockets.add(socket);
      socket.on("close", end);
      socket.on("error", end);
    }
    client.pipe(upstream);
    upstream.pipe(client);
  }
}
