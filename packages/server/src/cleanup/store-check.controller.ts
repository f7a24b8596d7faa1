/** `GET /admin/store-check`, `POST /admin/store-check/repair`. */
import { Controller, Get, HttpCode, Post } from "@nestjs/common";
import { type StoreCheck, storeCheckSchema, type StoreRepair, storeRepairSchema } from "@livekit-replay/contract";
import { Asking } from "../auth/access.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import { Answers } from "../platform/document.js";
import { StoreChecks } from "./store-check.js";

/** Routes of the store's check. */
@Controller(`${basePath}/admin/store-check`)
export class StoreCheckController {
  readonly #checks: StoreChecks;

  constructor(checks: StoreChecks) {
    this.#checks = checks;
  }

  @Get()
  @Answers(200, storeCheckSchema, "Look through disk and catalogue, as `npm run check-store` does; one at a time", { id: "checkStore" })
  check(): Promise<StoreCheck> {
    return this.#checks.check();
  }

  @Post("repair")
  @HttpCode(200)
  @Answers(200, storeRepairSchema, "Mend what the hourly clean-up would mend, now, and look again; one at a time", { id: "repairStore" })
  repair(@Asking() { caller }: Viewer): Promise<StoreRepair> {
    return this.#checks.repair(caller);
  }
}
