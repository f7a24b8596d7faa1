/** How a film comes to the server under judgement: by WHIP, or through a LiveKit room. */
import type { Film } from "../film/model.js";
import type { FilmFiles } from "../film/files.js";
import { LivekitPublisher } from "../livekit/publisher.js";
import type { LivekitServer } from "../livekit/server.js";
import type { Endpoint } from "../proxy/udp.js";
import type { FrameLog } from "../publish/frame-log.js";
import { WhipPublisher } from "../publish/publisher.js";
import type { Api } from "../server/api.js";

/** A film that is being published and recorded. */
export interface Publishing {
  readonly log: FrameLog;
  close(): Promise<void>;
}

/** Begins to publish; resolves when the server has a session for it. */
export type Publish = (api: Api, userId: string, roomName: string) => Promise<Publishing>;

/** By WHIP, which starts the session itself. */
export const byWhip =
  (film: Film, route?: (server: Endpoint) => Endpoint): Publish =>
  (api, _userId, roomName) =>
    WhipPublisher.publish({ url: api.whipUrl(roomName), token: api.token, film, ...(route ? { route } : {}) });

/** The publisher's own way loses nothing: an SFU cannot forward what it never had. */
const PUBLISHER_DELAY_MS = 10;

/** As a screen share in a LiveKit room, by a publisher that sends keyframes when it is asked to; the buffer is started by the person. */
export const byLivekit =
  (livekit: LivekitServer, film: FilmFiles): Publish =>
  async (api, userId, roomName) => {
    const publisher = await LivekitPublisher.join({ server: livekit, room: roomName, identity: userId });
    try {
      const { port } = await publisher.publish({ film, onPli: "answer" });
      if (port !== undefined) livekit.way?.setConditionsOf(port, { delayMs: PUBLISHER_DELAY_MS });
      await api.start(roomName);
    } catch (error) {
      await publisher.close();
      throw error;
    }
    return {
      log: publisher.log,
      close: async () => {
        await publisher.flush();
        await publisher.close();
      },
    };
  };
