/** Drivers of this folder as processes of their own, so that races are real. */
import { spawn } from "node:child_process";
import { once } from "node:events";

const LIMIT_MS = 60_000;

/** Runs a driver once for each list of arguments, all at the same time; answers what each printed. Throws when one fails. */
export function runDrivers(driver: string, args: readonly (readonly string[])[]): Promise<string[]> {
  const hooks = new URL("run-source.ts", import.meta.url).href;
  const file = new URL(driver, import.meta.url).pathname;
  return Promise.all(
    args.map(async (each) => {
      const child = spawn(process.execPath, ["--conditions=source", "--import", hooks, file, ...each], {
        stdio: ["ignore", "pipe", "pipe"],
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      let output = "";
      let errors = "";
      child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
      const [code] = await once(child, "close");
      if (code !== 0) throw new Error(`${driver} failed (${code}): ${errors}`);
      return output;
    }),
  );
}
