/**
 * The MP4 with AAC sound against its charge. It can be made again at any time, so what does not fit is taken away: nobody loses anything by it.
 * Where no clip has the file, `check/clips` says so.
 */
import type { ClipRow, QuotaEntry } from "../../catalog/port.js";
import { aacName } from "../names.js";
import { aacCharge } from "../charges.js";
import { userPath } from "../paths.js";
import path from "node:path";
import type { Broken, FindingKind } from "./finding.js";
import { shown } from "./odd.js";
import type { SurveyOptions } from "./options.js";

/** Whether an entry of the ledger is that of an MP4 with AAC sound. */
export const isAacCharge = ({ clipId }: Pick<QuotaEntry, "clipId">): boolean => clipId.endsWith(aacCharge(""));

const bytesOf = (entry: QuotaEntry | undefined): number => (entry === undefined || entry.kind === "release" ? 0 : entry.clipBytes);

/** A charge whose clip is gone. */
export function deadAacCharge(options: SurveyOptions, entry: QuotaEntry): Broken[] {
  if (bytesOf(entry) === 0 || (entry.kind === "reserve" && entry.atMs >= options.serverDeadBefore)) return [];
  return [remedy(entry, "dead_charge", "bytes of a clip that is gone", () => give(options, entry))];
}

/** File and charge of one clip. A reservation is work under way while its server may live. */
export async function judgeAac(options: SurveyOptions, row: ClipRow, entry: QuotaEntry | undefined): Promise<Broken[]> {
  if (row.state === "deleting" || (entry?.kind === "reserve" && entry.atMs >= options.serverDeadBefore)) return [];
  const address = { userId: row.userId, key: row.fileKey };
  const { aac } = await options.clips.sizes(address);
  const charged = bytesOf(entry);
  if (aac === null) {
    if (entry === undefined || charged === 0) return [];
    const kind = entry.kind === "reserve" ? "dead_reservation" : "dead_charge";
    return [remedy(entry, kind, "bytes of an MP4 with AAC sound that is not there", () => give(options, entry))];
  }
  if (entry !== undefined && charged >= aac) {
    if (charged === aac && entry.kind !== "reserve") return [];
    const lower = async (): Promise<boolean> => {
      await options.charges.commit(row.userId, entry.clipId, aac);
      return true;
    };
    return [remedy(entry, "charge_too_high", `bytes for an MP4 with AAC sound of ${aac}`, lower)];
  }
  const file = shown(options.root, path.join(userPath(options.root, row.userId), aacName(row.fileKey)));
  const remove = async (): Promise<boolean> => {
    await options.clips.removeAac(address);
    await options.charges.release(row.userId, aacCharge(row.id));
    return true;
  };
  const detail = `It has ${aac} bytes, ${charged} are charged; it can be made again`;
  return [{ finding: { kind: "stray_aac", invariant: 5, path: file, row: `clips/${row.id}`, detail }, mend: remove }];
}

const remedy = (entry: QuotaEntry, kind: FindingKind, what: string, mend: Broken["mend"]): Broken => ({
  finding: { kind, invariant: 5, path: null, row: `quotaEntries/${entry.userId}/${entry.seq}`, detail: `${entry.clipBytes} ${what}` },
  mend,
});

async function give(options: SurveyOptions, entry: QuotaEntry): Promise<boolean> {
  await options.charges.release(entry.userId, entry.clipId);
  return true;
}
