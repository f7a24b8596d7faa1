/** Sessions as who looks after them sees and stops them: an instance admin all, who has `MANAGE_REPLAY_LIMITS` those of their community. */
import { type AdminSession, type AdminSessionPage, type AdminSessionQuery, ReplayError } from "@livekit-replay/contract";
import type { AuditLog, Change } from "../audit/log.js";
import type { Rights } from "../auth/rights.js";
import type { Viewer } from "../auth/viewer.js";
import type { Catalog, SessionRow } from "../catalog/port.js";
import { pageOf } from "../platform/page.js";
import type { Grace } from "./grace.js";
import type { Sessions } from "./sessions.js";
import type { SessionViews } from "./view.js";

/** What they are looked after with. */
export interface LookAfterParts {
  readonly catalog: Catalog;
  readonly rights: Rights;
  readonly views: SessionViews;
  readonly sessions: Sessions;
  readonly grace: Grace;
  readonly audit: AuditLog;
}

const isActive = ({ state }: SessionRow): number => (state === "active" ? 1 : 0);
const byNews = (one: SessionRow, other: SessionRow): number =>
  isActive(other) - isActive(one) || other.startedAtMs - one.startedAtMs || (one.id < other.id ? -1 : 1);

/** Lists and stops. */
export class LookAfter {
  readonly #parts: LookAfterParts;

  constructor(parts: LookAfterParts) {
    this.#parts = parts;
  }

  /** Active sessions, and ended ones that can still be captured. @throws ReplayError `permission_denied`, `community_not_found` */
  async list(viewer: Viewer, { communityId, page, pageSize }: AdminSessionQuery): Promise<AdminSessionPage> {
    const { catalog, rights, grace } = this.#parts;
    const { caller } = viewer;
    // Of a community that the directory has forgotten there may be sessions that nobody else can see.
    if (!caller.admin && communityId === undefined) throw new ReplayError("permission_denied");
    if (!caller.admin && communityId !== undefined) await rights.community(caller, communityId, "MANAGE_REPLAY_LIMITS");
    const rows = await (communityId === undefined ? catalog.sessions.all() : catalog.sessions.ofCommunity(communityId));
    const found = pageOf(rows.filter((row) => !grace.isOver(row)).sort(byNews), { page, pageSize });
    const items: AdminSession[] = [];
    for (const row of found.items) items.push(await this.#view(row, viewer));
    return { ...found, items };
  }

  /** Stops a session; in the audit log when it is somebody else's and runs. Idempotent. */
  async stop(viewer: Viewer, session: SessionRow): Promise<SessionRow> {
    const { sessions, audit } = this.#parts;
    const { caller } = viewer;
    if (session.userId === caller.userId || session.state !== "active") return sessions.stop(session);
    const { id: target, communityId, userId, roomName } = session;
    const [from, to] = [{ state: "active", userId, roomName }, { state: "ended" }];
    const change: Change = { action: "session.stop", communityId, target, from, to };
    return audit.change(caller, change, () => sessions.stop(session));
  }

  /** As `stop`, with what who looks after sessions sees of it. */
  async stopAndView(viewer: Viewer, session: SessionRow): Promise<AdminSession> {
    return this.#view(await this.stop(viewer, session), viewer);
  }

  async #view(row: SessionRow, viewer: Viewer): Promise<AdminSession> {
    return { ...(await this.#parts.views.of(row, viewer)), serverId: row.serverId };
  }
}
