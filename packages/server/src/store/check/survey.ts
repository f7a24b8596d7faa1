/** The whole check: disk and catalogue are walked once, every broken invariant comes with its remedy. Nothing is changed until a remedy is called. */
import { surveyCharges } from "./charges.js";
import { surveyClips } from "./clips.js";
import type { Broken } from "./finding.js";
import type { SurveyOptions } from "./options.js";
import { surveySessions } from "./sessions.js";

/** Everything that is broken now. Throws errors of the database. */
export async function survey(options: SurveyOptions): Promise<Broken[]> {
  // Rows before files: a clip that is born meanwhile shows as young files without a row, and those are left alone.
  const rows = await options.catalog.clips.all();
  return [...(await surveySessions(options)), ...(await surveyClips(options, rows)), ...(await surveyCharges(options, rows))];
}
