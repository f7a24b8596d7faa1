/**
 * Who is signed in, in this tab. Each person has a client and a token keeper of their own: nothing that was begun as one person is ever sent as
 * another. The token comes from the demo, from the address, or from the host application's window.
 */
import { backoffMs, pause, readToken, ReplayClient, TokenKeeper, Value } from "@livekit-replay/client";
import type { HostMessage, TokenWanted } from "@livekit-replay/contract";
import { HostWindow, type PageWindow } from "./host.js";
import { readStored, writeStored, type Storing, type Way } from "./stored.js";

/** A signed-in person. */
export interface Account {
  readonly userId: string;
  readonly name: string;
  readonly way: Way;
  readonly client: ReplayClient;
  readonly keeper: TokenKeeper;
}

/** Nobody, or somebody. */
export interface AccountState {
  readonly account: Account | null;
  /** The token has ended or is refused, and the next one has not come yet: requests wait. */
  readonly waiting: boolean;
  /** Why nobody is signed in any more, or yet: the host application signed them out; what came was no token. */
  readonly notice: "signed-out" | "unusable" | null;
}

/** Where the page is. */
export interface AccountStoreOptions {
  readonly baseUrl: string;
  readonly page: PageWindow;
  /** The page's own window. */
  readonly self: unknown;
  /** Asked for each time: browsers refuse it to pages in frames. */
  readonly storing: () => Storing;
  /** A token of the address. */
  readonly token?: string | null;
  readonly fetch?: typeof fetch;
}

const nobody: AccountState = { account: null, waiting: false, notice: null };

/** From the beginning of the page to its end. */
export class AccountStore {
  /** Of nobody: for what needs no sign-in. */
  readonly client: ReplayClient;
  readonly host: HostWindow;
  readonly value = new Value<AccountState>(nobody);
  readonly #options: AccountStoreOptions;
  readonly #greeting = new AbortController();

  constructor(options: AccountStoreOptions) {
    this.#options = options;
    this.client = this.#newClient();
    const origins = async (): Promise<readonly string[]> => (await this.client.page.settings()).embedOrigins;
    this.host = new HostWindow({ page: options.page, origins, onMessage: (message) => this.#hear(message) }, options.self);
    const stored = readStored(options.storing);
    if (options.token) this.enter(options.token, "host");
    else if (stored !== null) this.enter(stored.token, stored.way);
    void this.#greet();
  }

  /** Signs in as a demo person. Throws what the server refuses. */
  async signIn(userId: string): Promise<void> {
    const { token } = await this.client.demo.signIn(userId);
    this.enter(token, "demo");
  }

  /** Takes a token: the same person goes on with it; another one begins anew, and nothing of the one before stays. */
  enter(token: string, way: Way): void {
    const reading = readToken(token);
    const { account } = this.value.get();
    if (reading === undefined) {
      if (account === null) this.value.set({ ...nobody, notice: "unusable" });
      return;
    }
    if (account?.userId === reading.userId) {
      // One that was refused already is no news.
      if (account.keeper.take(token)) writeStored(this.#options.storing, { token, way: account.way });
      return;
    }
    account?.keeper.close();
    writeStored(this.#options.storing, { token, way });
    const { client, keeper } = this.#newPerson(reading.userId, token, way);
    this.value.set({ account: { ...reading, way, client, keeper }, waiting: false, notice: null });
  }

  /** Nobody is signed in. The last requests of the person still go with their token. */
  signOut(notice: AccountState["notice"] = null): void {
    // Whoever signs out does not want to be signed in again at once.
    this.#greeting.abort();
    this.value.get().account?.keeper.close();
    writeStored(this.#options.storing, null);
    this.value.set({ ...nobody, notice });
  }

  #hear(message: HostMessage): void {
    if (message.type === "replay:token") this.enter(message.token, "host");
    else if (this.value.get().account !== null) this.signOut("signed-out");
  }

  /** Asks the host's window who is there: also where this tab remembers somebody, who may be another person than the host's by now. */
  async #greet(): Promise<void> {
    if (this.host.isAlone) return;
    const { signal } = this.#greeting;
    this.host.ask("start");
    for (let attempt = 1; ; attempt += 1) {
      await pause(backoffMs(attempt, { firstMs: 1000, maxMs: 30_000 }), signal);
      if (signal.aborted || this.value.get().account !== null) return;
      this.host.ask("start");
    }
  }

  #newClient(getToken?: TokenKeeper["source"]): ReplayClient {
    const { baseUrl, fetch: send } = this.#options;
    return new ReplayClient({ baseUrl, ...(getToken && { getToken }), ...(send && { fetch: send }) });
  }

  #newPerson(userId: string, token: string, way: Way): Pick<Account, "client" | "keeper"> {
    const made: { client?: ReplayClient } = {};
    const keeper = new TokenKeeper({
      userId,
      token,
      ask: (why) => this.#ask(userId, way, why),
      // It asks for the time while it is made.
      now: () => (made.client ?? this.client).clock.now(),
      onState: (state) => {
        const now = this.value.get();
        if (now.account?.userId === userId) this.value.set({ ...now, waiting: state === "wanted" });
      },
    });
    made.client = this.#newClient(keeper.source);
    return { client: made.client, keeper };
  }

  /** The host's answer comes as a message; the demo's is the answer. */
  async #ask(userId: string, way: Way, why: TokenWanted): Promise<string | null> {
    if (way === "host") {
      this.host.ask(why);
      return null;
    }
    const { token } = await this.client.demo.signIn(userId);
    if (this.value.get().account?.userId === userId) writeStored(this.#options.storing, { token, way });
    return token;
  }
}
