/** What the services of this folder share. */
import type { Catalog } from "../catalog/port.js";
import type { EventBus } from "../events/bus.js";
import type { Clock } from "../platform/clock.js";
import type { Serial } from "../platform/serial.js";
import type { RecorderPort, WhipRecorderPort } from "../recorders/port.js";
import type { Store } from "../store/open.js";
import type { LiveSessions } from "./live.js";
import type { Publications } from "./publications.js";

/** The part of a structured logger that is used: fields first, then a fixed sentence. */
export interface SessionLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One object of each for the whole server. */
export interface SessionParts {
  readonly catalog: Catalog;
  readonly store: Store;
  /** Takes WHIP publications. */
  readonly whip: WhipRecorderPort;
  /** All recorders: for what is the same whichever has a session. */
  readonly recorders: RecorderPort;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: SessionLogger;
  readonly publications: Publications;
  readonly live: LiveSessions;
  /** By user id: what one person starts and stops. */
  readonly serial: Serial;
}
