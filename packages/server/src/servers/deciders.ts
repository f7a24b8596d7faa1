/** Which requests are for the server that has a session or a publication, and what becomes of them when it does not answer. */
import { basePath } from "../auth/rules.js";

/** What decides which server a request is for. */
export interface Decider {
  /** `session`: in the address; `body`: a session in the body; `person`: whoever has the caller's publication or active session. */
  readonly by: "session" | "body" | "person";
  /** When its server does not answer: handled here all the same, only if the request never reached it, or refused. */
  readonly otherwise: "here" | "here if unsent" | "refuse";
}

const table: Readonly<Record<string, Decider>> = {
  // Captured from what is closed; sent twice it is one clip, by its Idempotency-Key.
  "POST /capture": { by: "body", otherwise: "here" },
  "POST /stop/:sessionId": { by: "session", otherwise: "here" },
  "POST /admin/sessions/:sessionId/stop": { by: "session", otherwise: "here" },
  "POST /sessions/:sessionId/pause": { by: "session", otherwise: "refuse" },
  "POST /sessions/:sessionId/resume": { by: "session", otherwise: "refuse" },
  "POST /sessions/:sessionId/forget": { by: "session", otherwise: "refuse" },
  "POST /start": { by: "person", otherwise: "here if unsent" },
  "POST /whip/:roomName": { by: "person", otherwise: "here if unsent" },
};

const deciders = new Map(Object.entries(table).map(([route, decider]) => [route.replace(" ", ` ${basePath}`), decider]));

/** Null: any server may handle it. */
export const deciderOf = (method: string, pattern: string): Decider | null => deciders.get(`${method} ${pattern}`) ?? null;

/** The routes that are passed on, as the router knows them. */
export const passedOnRoutes: readonly string[] = [...deciders.keys()];
