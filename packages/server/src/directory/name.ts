/** The name of a person, for those who are shown it. A name is no right: a directory that does not tell it refuses nothing, least of all what is done already. */
import { ReplayError } from "@livekit-replay/contract";
import type { Directory } from "./port.js";

/** The name of today; `kept` for somebody whom the directory does not know, or when it gives no answer. */
export async function nameOf(directory: Pick<Directory, "person">, userId: string, kept: string): Promise<string> {
  try {
    return (await directory.person(userId))?.name ?? kept;
  } catch (error) {
    if (error instanceof ReplayError) return kept;
    throw error;
  }
}
