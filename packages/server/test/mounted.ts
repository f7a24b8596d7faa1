/** Runs a program where a small file system of its own lies in one folder: a disk that can really be full, or be another one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";

/** What is mounted where. Only the program sees it; it is gone when the program is. */
export interface Mount {
  /** Created when missing. */
  readonly at: string;
  readonly sizeKb: number;
}

const LIMIT_MS = 60_000;

/**
 * Starts a driver of this folder in a mount namespace of its own and answers what it printed, as JSON.
 * Needs root, or user namespaces; throws with what was printed to standard error when it fails, also when nothing can be mounted.
 */
export async function runMounted(driver: string, mount: Mount, args: readonly string[]): Promise<unknown> {
  await mkdir(mount.at, { recursive: true });
  const namespace = process.getuid?.() === 0 ? ["--mount"] : ["--map-root-user", "--mount"];
  const script = 'mount -t tmpfs -o "size=$1k" none "$2" && shift 2 && exec "$@"';
  const node = [
    process.execPath,
    "--conditions=source",
    "--import",
    new URL("run-source.ts", import.meta.url).href,
    new URL(driver, import.meta.url).pathname,
  ];
  const command = [...namespace, "--kill-child", "--fork", "sh", "-c", script, "sh", String(mount.sizeKb), mount.at, ...node, ...args];
  const child = spawn("unshare", command, { stdio: ["ignore", "pipe", "pipe"], signal: AbortSignal.timeout(LIMIT_MS) });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${driver} failed (${code}); it needs root or user namespaces, and tmpfs: ${errors}`);
  return JSON.parse(output);
}
