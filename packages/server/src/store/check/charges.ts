/** The quota's side of a check: each charge against its clip, each balance against the sum of its charges. */
import type { ClipRow, QuotaEntry } from "../../catalog/port.js";
import { aacCharge } from "../charges.js";
import { deadAacCharge, isAacCharge, judgeAac } from "./aac.js";
import type { Broken, FindingKind } from "./finding.js";
import type { SurveyOptions } from "./options.js";

const rowName = (entry: Pick<QuotaEntry, "userId" | "seq">): string => `quotaEntries/${entry.userId}/${entry.seq}`;

const found = (kind: FindingKind, row: string, detail: string, mend: Broken["mend"]): Broken => ({
  finding: { kind, invariant: 5, path: null, row, detail },
  mend,
});

/** Gives back what a clip holds that has no row, asked again at this moment. */
async function release(options: SurveyOptions, entry: QuotaEntry): Promise<boolean> {
  if ((await options.catalog.clips.find(entry.clipId)) !== null) return false;
  await options.charges.release(entry.userId, entry.clipId);
  return true;
}

function judgeEntry(options: SurveyOptions, entry: QuotaEntry, row: ClipRow | undefined): Broken[] {
  if (entry.clipBytes === 0 || entry.kind === "release") return [];
  if (row === undefined) {
    if (entry.kind !== "reserve")
      return [found("dead_charge", rowName(entry), `${entry.clipBytes} bytes of a clip that is gone`, () => release(options, entry))];
    if (entry.atMs >= options.serverDeadBefore) return [];
    return [
      found("dead_reservation", rowName(entry), `${entry.clipBytes} bytes reserved for a clip that never came`, () =>
        release(options, entry),
      ),
    ];
  }
  if (row.state !== "ready" || (entry.kind !== "reserve" && entry.clipBytes <= row.sizeBytes) || entry.clipBytes < row.sizeBytes) return [];
  const lower = async (): Promise<boolean> => {
    await options.charges.commit(row.userId, row.id, row.sizeBytes);
    return true;
  };
  return [
    found(
      "charge_too_high",
      `clips/${row.id}`,
      `${entry.clipBytes} bytes are charged (${entry.kind}), its MP4 has ${row.sizeBytes}`,
      lower,
    ),
  ];
}

function judgeRow(row: ClipRow, entry: QuotaEntry | undefined): Broken[] {
  const charged = entry === undefined || entry.kind === "release" ? 0 : entry.clipBytes;
  const least = row.state === "ready" ? row.sizeBytes : row.state === "pinned" ? 1 : 0;
  return charged >= least
    ? []
    : [found("charge_missing", `clips/${row.id}`, `${charged} bytes are charged, at least ${least} should be`, null)];
}

/** Everything broken in the ledger, and every clip that it does not know. */
export async function surveyCharges(options: SurveyOptions, rows: readonly ClipRow[]): Promise<Broken[]> {
  const { quotas } = options.catalog;
  const byId = new Map(rows.flatMap((row) => [[row.id, row] as const, [aacCharge(row.id), row] as const]));
  const entries = new Map<string, QuotaEntry>();
  const broken: Broken[] = [];
  for (const userId of await quotas.users()) {
    const newest = await quotas.newest(userId);
    const clips = await quotas.clipsOf(userId);
    const sum = (kinds: readonly QuotaEntry["kind"][]): number =>
      clips.filter(({ kind }) => kinds.includes(kind)).reduce((bytes, { clipBytes }) => bytes + clipBytes, 0);
    if (newest !== null && (newest.usedBytes !== sum(["commit", "lower"]) || newest.reservedBytes !== sum(["reserve"]))) {
      broken.push(
        found(
          "balance_wrong",
          rowName(newest),
          `The balance is ${newest.usedBytes} + ${newest.reservedBytes}, its clips hold ${sum(["commit", "lower"])} + ${sum(["reserve"])}`,
          null,
        ),
      );
    }
    for (const entry of clips) {
      const row = byId.get(entry.clipId);
      if (row === undefined || row.userId === userId) entries.set(entry.clipId, entry);
      const own = row?.userId === userId ? row : undefined;
      if (!isAacCharge(entry)) broken.push(...judgeEntry(options, entry, own));
      else if (own === undefined) broken.push(...deadAacCharge(options, entry));
    }
  }
  for (const row of rows) {
    broken.push(...judgeRow(row, entries.get(row.id)));
    broken.push(...(await judgeAac(options, row, entries.get(aacCharge(row.id)))));
  }
  return broken;
}
