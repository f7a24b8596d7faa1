/** Puts a client, the stores and a cache above the components. */
import type { ReplayClient } from "@livekit-replay/client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useMemo, type ReactElement, type ReactNode } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { CaptureStore } from "../capture/store.js";
import { Libraries } from "../clips/library-store.js";
import { RemovalStore } from "../clips/removal.js";
import { LivekitRooms } from "../livekit/rooms.js";
import type { ShareCodec } from "../livekit/publish.js";
import { meQuery } from "../me/query.js";
import { MeStream } from "../me/stream.js";
import { RoomStores } from "../rooms/store.js";
import { ShareStore } from "../sharing/store.js";
import { english, type Translate } from "../texts/english.js";
import { localeOf } from "../texts/locale.js";
import { ReplayContext, type ReplayContextValue } from "./context.js";
import { keepStreams } from "./economy.js";
import { useClient, type ReplayAccess } from "./use-client.js";

/** Who is signed in, in which language. */
interface ReplayPerson {
  /** The signed-in person's id; undefined while nobody is. Everything of the last person is dropped when it changes. */
  readonly userId: string | undefined;
  /** An application's own cache. Default: one of this provider. */
  readonly queryClient?: QueryClient;
  /** With which codec this page shares in LiveKit rooms. Default: H.264, which is kept without encoding it again. */
  readonly shareCodec?: ShareCodec;
  /** Default: English. */
  readonly translate?: Translate;
  /** The language of `translate` (BCP 47): the components' direction and numbers. The document's own `dir` must be the same. Default: `en`. */
  readonly locale?: string;
  readonly children: ReactNode;
}

/** Who is signed in, at which server, in which language: with a `client`, or with `baseUrl` and `getToken`. */
export type ReplayProviderProps = ReplayPerson & ReplayAccess;

/** Signed links live for 50 minutes at least: what carries them is asked for anew before they end. */
const LINKS_MS = 30 * 60_000;

/** The client tries again by itself, so the cache does not. */
const newQueries = (): QueryClient =>
  new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 30_000, refetchInterval: LINKS_MS } } });

interface Stores {
  readonly queries: QueryClient;
  readonly stores: Omit<ReplayContextValue, "translate">;
}

interface NewStores extends Pick<ReplayPerson, "userId" | "shareCodec"> {
  readonly client: ReplayClient;
  readonly queries: QueryClient;
}

const newStores = ({ client, userId, queries, shareCodec }: NewStores): Stores => {
  const rooms = new RoomStores(client);
  const livekit = new LivekitRooms(client);
  const share = new ShareStore({
    client,
    rooms,
    livekit,
    userId: () => userId,
    usesLivekit: async () => (await queries.ensureQueryData(meQuery(client))).livekit !== null,
    ...(shareCodec === undefined ? {} : { codec: shareCodec }),
  });
  const captures = new CaptureStore(client);
  const libraries = new Libraries(client);
  const me = new MeStream({ client, queries, captures, libraries, share });
  return { queries, stores: { client, rooms, livekit, share, captures, libraries, removals: new RemovalStore(client), me } };
};

/** Above everything else of this package. */
export const ReplayProvider = (props: ReplayProviderProps): ReactElement => {
  const { userId, queryClient, shareCodec, translate = english, locale = "en", children } = props;
  const client = useClient(props, userId);
  // A new person gets new stores and a new cache: nothing of the last one is left in the page.
  const { queries, stores } = useMemo(
    () => newStores({ client, userId, queries: queryClient ?? newQueries(), ...(shareCodec && { shareCodec }) }),
    [client, userId, queryClient, shareCodec],
  );
  useEffect(() => {
    const stopKeeping = keepStreams(stores);
    const flush = (): void => stores.removals.flush();
    globalThis.addEventListener("pagehide", flush);
    return () => {
      globalThis.removeEventListener("pagehide", flush);
      flush();
      stopKeeping();
      void stores.share.close();
      void stores.livekit.close();
      void stores.me.close();
    };
  }, [stores]);
  const value = useMemo(() => ({ ...stores, translate }), [stores, translate]);
  return (
    <ReplayContext value={value}>
      <QueryClientProvider client={queries}>
        <I18nProvider locale={localeOf(locale)}>{children}</I18nProvider>
      </QueryClientProvider>
    </ReplayContext>
  );
};
