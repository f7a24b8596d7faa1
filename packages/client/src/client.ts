/** The client: one object with a resource for each noun of the API, over one request function, with one idea of the server's time. */
import { EventsResource } from "./events/resource.js";
import type { BackoffOptions } from "./request/pause.js";
import { Transport, type TokenSource } from "./request/transport.js";
import { AdminResource } from "./resources/admin.js";
import { ChannelsResource } from "./resources/channels.js";
import { ClipsResource } from "./resources/clips.js";
import { CommunitiesResource } from "./resources/communities.js";
import { DirectoryResource } from "./resources/directory.js";
import { LivekitResource } from "./resources/livekit.js";
import { DemoResource, MeResource, PageResource } from "./resources/me.js";
import { SessionsResource } from "./resources/sessions.js";
import { ServerClock } from "./time/clock.js";
import { WhipResource } from "./whip/exchange.js";

/** Where the server is, and who is asking. */
export interface ReplayClientOptions {
  /** Address of the API with its base path: `https://replay.example/livekit-replay`. */
  readonly baseUrl: string;
  /** Gives the access token, again for each request: it may change. Default: none. */
  readonly getToken?: TokenSource;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
  readonly backoff?: BackoffOptions;
}

/** Works in browsers and in Node. Holds nothing open by itself: streams and publishers are closed by who opened them. */
export class ReplayClient {
  readonly clock = new ServerClock();
  readonly sessions: SessionsResource;
  readonly clips: ClipsResource;
  readonly channels: ChannelsResource;
  readonly communities: CommunitiesResource;
  readonly directory: DirectoryResource;
  readonly admin: AdminResource;
  readonly me: MeResource;
  readonly demo: DemoResource;
  readonly page: PageResource;
  readonly events: EventsResource;
  readonly livekit: LivekitResource;
  readonly whip: WhipResource;
  readonly #transport: Transport;

  constructor(options: ReplayClientOptions) {
    const transport = new Transport({ ...options, clock: this.clock });
    this.#transport = transport;
    this.sessions = new SessionsResource(transport);
    this.clips = new ClipsResource(transport);
    this.channels = new ChannelsResource(transport);
    this.communities = new CommunitiesResource(transport);
    this.directory = new DirectoryResource(transport);
    this.admin = new AdminResource(transport);
    this.me = new MeResource(transport);
    this.demo = new DemoResource(transport);
    this.page = new PageResource(transport);
    this.events = new EventsResource(transport);
    this.livekit = new LivekitResource(transport);
    this.whip = new WhipResource(transport);
  }

  /** A link of an answer as a whole address. */
  link(link: string): string {
    return this.#transport.link(link);
  }

  /** The access token of this moment, for a player that loads by itself; null when there is none. */
  async token(): Promise<string | null> {
    return await this.#transport.token();
  }
}
