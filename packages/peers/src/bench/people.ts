/** What benches need of a server besides its API: people for their recordings, and how its recorders feel. */
import { createHmac } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

/** A token for somebody who may everything (HS256, RFC 7515): each recording needs a person of its own. */
export function tokenFor(userId: string, secret: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: userId, name: userId, admin: true, exp: Math.floor(Date.now() / 1000) + 7200 })}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

/** The largest p99 of the recorders' event loops, ms, as `/metrics` tells it. */
async function loopDelay(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = [...text.matchAll(/^replay_recorder_event_loop_delay_p99_seconds(?:\{[^}]*\})? ([\d.e+-]+)$/gm)].map((found) =>
    Number(found[1]),
  );
  return values.length === 0 ? Number.NaN : Math.max(...values) * 1000;
}

/** Looks at the recorders' event loops every second for so long, and gives the largest p99, ms. */
export async function worstLoopDelay(url: string, seconds: number): Promise<number> {
  const begun = performance.now();
  let worst = 0;
  while (performance.now() - begun < seconds * 1000) {
    await delay(1000);
    worst = Math.max(worst, await loopDelay(url));
  }
  return worst;
}
