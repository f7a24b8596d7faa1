/** What who runs the server sees and changes: quotas, sessions, the audit log, the store's check, removals. */
import {
  type AdminSession,
  type AdminSessionPage,
  adminSessionPageSchema,
  type AdminSessionQuery,
  adminSessionSchema,
  type AuditPage,
  auditPageSchema,
  type AuditQuery,
  type EditQuota,
  type PageQuery,
  type Quota,
  quotaSchema,
  type StoreCheck,
  storeCheckSchema,
  type StoreRepair,
  storeRepairSchema,
  type UserUsagePage,
  userUsagePageSchema,
} from "@livekit-replay/contract";
import type { Transport } from "../request/transport.js";

const at = (...names: readonly string[]): string => `/admin/${names.map(encodeURIComponent).join("/")}`;
/** A check walks the whole disk, and a removal deletes files. */
const patienceMs = 120_000;

/** Routes of instance admins (sessions: also of who has `MANAGE_REPLAY_LIMITS`). Throws `permission_denied` for others. */
export class AdminResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** `GET /admin/users`: who keeps how much, most first. */
  async users(query: Partial<PageQuery> = {}, signal?: AbortSignal): Promise<UserUsagePage> {
    return await this.#transport.json({ method: "GET", path: at("users"), query, ...(signal && { signal }) }, userUsagePageSchema);
  }

  /** `GET /admin/users/:userId/quota`. */
  async quota(userId: string, signal?: AbortSignal): Promise<Quota> {
    return await this.#transport.json({ method: "GET", path: at("users", userId, "quota"), ...(signal && { signal }) }, quotaSchema);
  }

  /** `PATCH /admin/users/:userId/quota`: `limitBytes: null` is the server's default again. */
  async editQuota(userId: string, body: EditQuota): Promise<Quota> {
    return await this.#transport.json({ method: "PATCH", path: at("users", userId, "quota"), body, idempotent: true }, quotaSchema);
  }

  /** `GET /admin/sessions`: what runs or can still be captured. With `communityId` also for who has `MANAGE_REPLAY_LIMITS` there. */
  async sessions(query: Partial<AdminSessionQuery> = {}, signal?: AbortSignal): Promise<AdminSessionPage> {
    return await this.#transport.json({ method: "GET", path: at("sessions"), query, ...(signal && { signal }) }, adminSessionPageSchema);
  }

  /** `POST /admin/sessions/:sessionId/stop`: idempotent. Throws `session_not_found`. */
  async stopSession(sessionId: string): Promise<AdminSession> {
    return await this.#transport.json({ method: "POST", path: at("sessions", sessionId, "stop"), idempotent: true }, adminSessionSchema);
  }

  /** `GET /admin/audit`: the newest first. */
  async audit(query: Partial<AuditQuery> = {}, signal?: AbortSignal): Promise<AuditPage> {
    return await this.#transport.json({ method: "GET", path: at("audit"), query, ...(signal && { signal }) }, auditPageSchema);
  }

  /** `GET /admin/store-check`. Throws `rate_limited` while another one runs. */
  async checkStore(signal?: AbortSignal): Promise<StoreCheck> {
    const call = { method: "GET", path: at("store-check"), timeoutMs: patienceMs, ...(signal && { signal }) } as const;
    return await this.#transport.json(call, storeCheckSchema);
  }

  /** `POST /admin/store-check/repair`. Throws `rate_limited` while another one runs. */
  async repairStore(): Promise<StoreRepair> {
    return await this.#transport.json({ method: "POST", path: at("store-check", "repair"), timeoutMs: patienceMs }, storeRepairSchema);
  }

  /** `DELETE /admin/users/:userId`: everything that is a user's. Idempotent. Throws `not_ready` when a clip of theirs is still being made. */
  async removeUser(userId: string): Promise<void> {
    await this.#remove("users", userId);
  }

  /** `DELETE /admin/communities/:communityId`: everything that is a community's; clips stay with their owners. Idempotent. */
  async removeCommunity(communityId: string): Promise<void> {
    await this.#remove("communities", communityId);
  }

  /** `DELETE /admin/rooms/:roomName`: its sessions end. Idempotent. */
  async removeRoom(roomName: string): Promise<void> {
    await this.#remove("rooms", roomName);
  }

  /** `DELETE /admin/channels/:channelId`: its posts go. Idempotent. */
  async removeChannel(channelId: string): Promise<void> {
    await this.#remove("channels", channelId);
  }

  async #remove(what: string, id: string): Promise<void> {
    await this.#transport.empty({ method: "DELETE", path: at(what, id), timeoutMs: patienceMs });
  }
}
