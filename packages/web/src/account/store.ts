/** Who is signed in, in this tab: two tabs can be two people. */
import { isRefusal, ReplayClient } from "@livekit-replay/client";
import { Value } from "@livekit-replay/react";

/** A signed-in person with the token that the server gave. */
export interface Account {
  readonly userId: string;
  readonly name: string;
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Nobody, or somebody; `ended`: the sign-in of before was refused by the server. */
export interface AccountState {
  readonly account: Account | null;
  readonly ended: boolean;
}

const place = "replay.account";

const isAccount = (value: unknown): value is Account =>
  typeof value === "object" &&
  value !== null &&
  "userId" in value &&
  "token" in value &&
  "name" in value &&
  typeof value.token === "string" &&
  typeof value.userId === "string" &&
  typeof value.name === "string";

const readStored = (): Account | null => {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(place) ?? "null");
    return isAccount(value) ? value : null;
  } catch {
    return null;
  }
};

const writeStored = (account: Account | null): void => {
  try {
    if (account === null) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, JSON.stringify(account));
  } catch {
    // Without storage the sign-in lasts until the page is left.
  }
};

/** Keeps the account, and gives the client its token. */
export class AccountStore {
  readonly client: ReplayClient;
  readonly value = new Value<AccountState>({ account: readStored(), ended: false });
  readonly #baseUrl: string;
  #renewal: Promise<string | null> | undefined;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
    this.client = new ReplayClient({
      baseUrl,
      getToken: ({ refused }) => (refused ? this.#renew() : (this.value.get().account?.token ?? null)),
    });
  }

  /** Signs in as a demo person. Throws what the server refuses. */
  async signIn(userId: string): Promise<void> {
    const account = await this.client.demo.signIn(userId);
    this.#set({ account, ended: false });
  }

  signOut(): void {
    this.#set({ account: null, ended: false });
  }

  /** The server refused the token: a demo person gets a new one without being asked; anybody else has to sign in again. */
  #renew(): Promise<string | null> {
    const { account } = this.value.get();
    if (account === null) return Promise.resolve(null);
    return (this.#renewal ??= this.#renewFor(account).finally(() => {
      this.#renewal = undefined;
    }));
  }

  async #renewFor({ userId }: Account): Promise<string | null> {
    try {
      const account = await new ReplayClient({ baseUrl: this.#baseUrl }).demo.signIn(userId);
      this.#set({ account, ended: false });
      return account.token;
    } catch (error) {
      if (isRefusal(error, "route_not_found") || isRefusal(error, "unauthenticated")) this.#set({ account: null, ended: true });
      return null;
    }
  }

  #set(state: AccountState): void {
    writeStored(state.account);
    this.value.set(state);
  }
}
