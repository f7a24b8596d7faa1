/** The secret that the server makes for itself when it is given none: kept beside the catalogue, readable by its owner only. */
import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

const fileName = "secret.key";
const secretBytes = 48;
const leastCharacters = 32;

const isCode = (error: unknown, code: string): boolean => error instanceof Error && "code" in error && error.code === code;

async function readSecret(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, "utf8")).trim();
    if (text.length < leastCharacters)
      throw new Error(`${path} is too short for a secret: delete it, and a new one is made (people sign in again then)`);
    await chmod(path, 0o600);
    return text;
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** Writes a new secret whole or not at all; another process that was faster wins. */
async function makeSecret(path: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(`${randomBytes(secretBytes).toString("base64url")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * The secret kept in a folder; made with the first call (folder included).
 * @throws Error when the file cannot be read or written, or is too short.
 */
export async function keptSecret(folder: string): Promise<string> {
  const path = join(folder, fileName);
  const kept = await readSecret(path);
  if (kept !== null) return kept;
  await mkdir(folder, { recursive: true });
  await makeSecret(path);
  const made = await readSecret(path);
  if (made === null) throw new Error(`${path} vanished while it was made`);
  return made;
}
