/** A real livekit-server on free ports of the loopback address. Nothing of it is reachable from another machine. */
import { AccessToken, type VideoGrant } from "livekit-server-sdk";
import { BackgroundProcess } from "../process/background.js";
import { freeTcpPort, freeUdpPort } from "../process/port.js";
import { type Conditions, LossyUdpProxy } from "../proxy/udp.js";
import { livekitServerPath } from "./place.js";

/** Options of `LivekitServer.start`. */
export interface LivekitServerOptions {
  /** Host and port of Redis (`RedisServer.address`): egress needs it. */
  readonly redisAddress?: string;
  /** Where it tells what happens. */
  readonly webhookUrls?: readonly string[];
  /** Merged into its configuration, section by section; wins over what is set here. */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * Leads all media, of every participant and in both directions, through a proxy (`way`) that loses and delays packets. Linux only: it
   * needs a second loopback address. `way.setConditionsOf` spares single participants.
   */
  readonly way?: Conditions & { readonly seed: number };
}

/** Options of a participant's token. */
export interface TokenOptions {
  readonly room: string;
  readonly identity: string;
  readonly name?: string;
  /** Added to `roomJoin`. */
  readonly grant?: VideoGrant;
  /** Such as "10m" or seconds. Default: 6 hours. */
  readonly ttl?: string | number;
}

const API_KEY = "replay-tests";
const API_SECRET = "only-for-tests-on-the-loopback-address";
const READY_LIMIT_MS = 20_000;
const START_TRIES = 4;
const ANSWER_LIMIT_MS = 1_000;
const MEDIA_ADDRESS = "127.0.0.1";
/** Where the proxy listens, on the server's own UDP port: the server names this address in its candidates instead of its own. */
const WAY_ADDRESS = "127.0.0.2";

interface Ports {
  readonly http: number;
  readonly udp: number;
}

type Section = Readonly<Record<string, unknown>>;

const isSection = (value: unknown): value is Section => typeof value === "object" && value !== null && !Array.isArray(value);

function merge(base: Section, over: Section): Section {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isSection(before) && isSection(value) ? merge(before, value) : value;
  }
  return merged;
}

function configurationOf(ports: Ports, options: LivekitServerOptions): Section {
  const base: Section = {
    port: ports.http,
    bind_addresses: [MEDIA_ADDRESS],
    keys: { [API_KEY]: API_SECRET },
    logging: { level: "warn" },
    rtc: {
      node_ip: options.way ? WAY_ADDRESS : MEDIA_ADDRESS,
      udp_port: ports.udp,
      // LiveKit listens for ICE over TCP on every address of the machine; tests need none of it.
      tcp_port: 0,
      allow_tcp_fallback: false,
      enable_loopback_candidate: true,
      ips: { includes: [`${MEDIA_ADDRESS}/32`] },
      // A lite agent never looks for a way of its own, so nothing goes past the proxy.
      ...(options.way ? { use_ice_lite: true } : {}),
    },
    ...(options.redisAddress === undefined ? {} : { redis: { address: options.redisAddress } }),
    ...(options.webhookUrls === undefined ? {} : { webhook: { api_key: API_KEY, urls: options.webhookUrls } }),
  };
  return merge(base, options.config ?? {});
}

/** A running livekit-server. `kill` and `restart` keep its ports. `close` may be called more than once. */
export class LivekitServer {
  readonly apiKey = API_KEY;
  readonly apiSecret = API_SECRET;
  /** The proxy on the way of all media; null without the option. */
  readonly way: LossyUdpProxy | null;
  readonly #ports: Ports;
  readonly #options: LivekitServerOptions;
  #process: BackgroundProcess | null = null;
  #closed = false;

  private constructor(ports: Ports, options: LivekitServerOptions, way: LossyUdpProxy | null) {
    this.#ports = ports;
    this.#options = options;
    this.way = way;
  }

  /**
   * Starts one and resolves when it answers. The program is `LIVEKIT_SERVER_PATH`, else the one that the set-up built.
   * @throws Error with its last lines when it does not start.
   */
  static async start(options: LivekitServerOptions = {}): Promise<LivekitServer> {
    for (let tries = 1; ; tries += 1) {
      const ports = { http: await freeTcpPort(), udp: await freeUdpPort() };
      const way = options.way ? await LossyUdpProxy.open({ ...options.way, at: { host: WAY_ADDRESS, port: ports.udp } }) : null;
      way?.route({ host: MEDIA_ADDRESS, port: ports.udp });
      const server = new LivekitServer(ports, options, way);
      try {
        await server.restart();
        return server;
      } catch (error) {
        const taken = server.lines.some((line) => line.includes("address already in use"));
        await server.close();
        if (!taken || tries === START_TRIES) throw error;
      }
    }
  }

  /** For clients: `ws:`. */
  get url(): string {
    return `ws://127.0.0.1:${this.#ports.http}`;
  }

  /** For its API: `http:`. */
  get httpUrl(): string {
    return `http://127.0.0.1:${this.#ports.http}`;
  }

  /** 0 while it is not running. */
  get pid(): number {
    return this.#process?.end === null ? this.#process.pid : 0;
  }

  /** What it wrote last: warnings and errors. */
  get lines(): readonly string[] {
    return this.#process?.lines ?? [];
  }

  /** A token that lets a participant join. */
  async token({ room, identity, name, grant, ttl }: TokenOptions): Promise<string> {
    const named = name === undefined ? {} : { name };
    const token = new AccessToken(API_KEY, API_SECRET, { identity, ...named, ttl: ttl ?? "6h" });
    token.addGrant({ roomJoin: true, room, ...grant });
    return await token.toJwt();
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** Starts it again on the same ports, and resolves when it answers. One that runs is killed; rooms and participants are gone. */
  async restart(): Promise<void> {
    if (this.#closed) throw new Error("This livekit-server was closed");
    await this.kill();
    const started = await BackgroundProcess.start({
      command: livekitServerPath(),
      // JSON is YAML; in the environment, because arguments can be read by everyone on the machine.
      env: { LIVEKIT_CONFIG: JSON.stringify(configurationOf(this.#ports, this.#options)) },
    });
    this.#process = started;
    const answers = async (): Promise<boolean> => (await fetch(this.httpUrl, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })).ok;
    await started.ready(answers, READY_LIMIT_MS);
  }

  /** Kills it: asked to stop, it would wait until everybody has left. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.kill();
    await this.way?.close();
  }
}
