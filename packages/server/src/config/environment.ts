/** The one place that reads the process's environment. */
import { join } from "node:path";
import { type Config, readConfig, withEnvFile } from "./read.js";

/**
 * The configuration of this process, from its environment and the `.env` of the folder that it was started in.
 * @throws ConfigError with a sentence for each wrong variable
 */
export function environmentConfig(): Config {
  const folder = process.cwd();
  return readConfig(withEnvFile(process.env, join(folder, ".env")), folder);
}
