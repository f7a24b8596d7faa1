/** Why a LiveKit room is looked at between two polls: a webhook, a share that ended. */
import type { WebhookEvent } from "livekit-server-sdk";
import type { EventBus } from "../events/bus.js";
import type { Webhooks } from "../livekit/webhook.js";
import type { Looking } from "./looking.js";

/** Who tells, and who is told. */
export interface LookingCausesParts {
  readonly looking: Looking;
  readonly bus: EventBus;
  readonly webhooks: Webhooks;
}

/** Events after which a room may hold a share that it did not hold before. */
const telling = new Set(["track_published", "participant_joined", "room_started"]);

/** Listens from its making to `close`. */
export class LookingCauses {
  readonly #stops: readonly (() => void)[];

  constructor({ looking, bus, webhooks }: LookingCausesParts) {
    const hear = ({ event, room }: WebhookEvent): void => {
      if (room && room.name !== "" && telling.has(event)) void looking.look(room.name);
    };
    this.#stops = [
      webhooks.on(hear),
      // A share that ends because the person shares something else is followed by the next one.
      bus.subscribe((event) => {
        if (event.type !== "session") return;
        const { state, endedBy, identity, roomName } = event.session;
        if (state === "ended" && endedBy === "share" && identity !== null) void looking.look(roomName);
      }),
    ];
  }

  /** Hears nothing more. Idempotent. */
  close(): void {
    for (const stop of this.#stops) stop();
  }
}
