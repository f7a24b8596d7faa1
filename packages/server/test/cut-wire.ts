/** The wire between a server and MongoDB, which can be cut at one command: before it arrives, or after it was carried out and before its answer comes back. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A command of MongoDB's protocol as it begins on the wire: its name, and the collection as a string of BSON. */
function beginningOf(command: string, collection: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32LE(collection.length + 1);
  return Buffer.concat([Buffer.from(`\u0002${command}\0`), length, Buffer.from(`${collection}\0`)]);
}

/** A proxy on a free port of 127.0.0.1. While it is cut nobody is let through. */
export class CutWire {
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #cut: { readonly beginning: Buffer; readonly where: "before" | "after" } | null = null;
  #isCut = false;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#lead(client));
  }

  /** @param port of the database on 127.0.0.1 */
  static async to(port: number): Promise<CutWire> {
    const wire = new CutWire(port);
    wire.#server.listen(0, "127.0.0.1");
    await once(wire.#server, "listening");
    return wire;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Whether the command came, and everything was cut. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** The next such command is the last one. */
  cutAt(command: string, collection: string, where: "before" | "after"): void {
    this.#cut = { beginning: beginningOf(command, collection), where };
  }

  /** Lets everybody through again. */
  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#tear();
    await closed;
  }

  #tear(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #lead(client: Socket): void {
    if (this.#isCut) return void client.destroy();
    const database = connect(this.#target, "127.0.0.1");
    let last = false;
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      this.#sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    client.on("data", (bytes: Buffer) => {
      if (this.#cut === null || !bytes.includes(this.#cut.beginning)) return void database.write(bytes);
      last = true;
      if (this.#cut.where === "after") database.write(bytes);
      else this.#end();
    });
    database.on("data", (bytes: Buffer) => {
      if (last) this.#end();
      else client.write(bytes);
    });
  }

  #end(): void {
    this.#cut = null;
    this.#isCut = true;
    this.#tear();
  }
}
