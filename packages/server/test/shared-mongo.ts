/** Before the medium tests: one MongoDB for all of them, `MONGODB_URL` where somebody has one. Each test has a database of its own in it. */
import { MongoServer } from "@livekit-replay/peers";

/** Called by vitest; what it returns is called at the end. Without a database the tests that need one fail, and the others run. */
export default async function setup(): Promise<() => Promise<void>> {
  const given = process.env["MONGODB_URL"] ?? "";
  try {
    const server = given === "" ? await MongoServer.start() : null;
    process.env["REPLAY_TEST_MONGODB"] = server?.url("") ?? given;
    return async () => server?.close();
  } catch (error) {
    process.stderr.write(`There is no MongoDB for the tests: ${String(error)}\n`);
    return () => Promise.resolve();
  }
}
