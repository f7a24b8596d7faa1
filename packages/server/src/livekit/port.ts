/** LiveKit as the features of the server see it: its rooms, and who records them. */
import type { WebhookEvent } from "livekit-server-sdk";
import type { LivekitRecorderPort } from "../recorders/port.js";
import type { LivekitRooms } from "./rooms.js";

/** One configured LiveKit server. */
export interface Livekit {
  readonly rooms: LivekitRooms;
  /** Null: its rooms are not recorded (`RECORDER=whip`). */
  readonly recorder: LivekitRecorderPort | null;
  /** Tells the recorder of a webhook that is its own (egress). */
  webhook(event: WebhookEvent): void;
  /** Ends what the recorder has running for no session. Answers how many there were. */
  endOrphans(): Promise<number>;
}
