/** What every component and hook of this package reaches through React's context. */
import type { ReplayClient } from "@livekit-replay/client";
import { createContext, useContext } from "react";
import type { CaptureStore } from "../capture/store.js";
import type { Libraries } from "../clips/library-store.js";
import type { RemovalStore } from "../clips/removal.js";
import type { LivekitRooms } from "../livekit/rooms.js";
import type { MeStream } from "../me/stream.js";
import type { RoomStores } from "../rooms/store.js";
import type { ShareStore } from "../sharing/store.js";
import { english, type ReplayText, type TextValues, type Translate } from "../texts/english.js";

/** One person at one server. */
export interface ReplayContextValue {
  readonly client: ReplayClient;
  readonly rooms: RoomStores;
  /** Rooms of LiveKit; none is joined where the server has no LiveKit. */
  readonly livekit: LivekitRooms;
  readonly share: ShareStore;
  readonly captures: CaptureStore;
  readonly removals: RemovalStore;
  /** Lists of my clips, as far as they were looked at. */
  readonly libraries: Libraries;
  readonly me: MeStream;
  readonly translate: Translate;
}

/** Set by `ReplayProvider`. */
export const ReplayContext = createContext<ReplayContextValue | null>(null);

/** The stores of the provider above. Throws when there is none. */
export const useReplay = (): ReplayContextValue => {
  const value = useContext(ReplayContext);
  if (value === null) throw new TypeError("useReplay must be used below a ReplayProvider");
  return value;
};

/** Puts a text of the components into the reader's words; English without a provider. */
export const useText = (): ((text: ReplayText, values?: TextValues) => string) => {
  const translate = useContext(ReplayContext)?.translate ?? english;
  return (text, values = {}) => translate(text, values);
};
