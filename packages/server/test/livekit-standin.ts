/** Something at LiveKit's address that is not well: it refuses, answers nonsense, is slow, or holds its tongue. Counts what it is asked. */
import { createServer, type ServerResponse } from "node:http";

/** How it answers: a Twirp error with that status, `empty` as a LiveKit without rooms, `hang` not at all, `page` as a web server that is no LiveKit. */
export type StandinMood = { readonly status: number; readonly code: string } | "empty" | "hang" | "page";

/** A stand-in that is listening. */
export interface Standin {
  /** `ws://127.0.0.1:port` */
  readonly url: string;
  mood: StandinMood;
  /** The methods that were called. */
  readonly calls: string[];
  close(): Promise<void>;
}

function answer(response: ServerResponse, mood: StandinMood): void {
  if (mood === "hang") return;
  if (mood === "page") response.writeHead(404, { "content-type": "text/html" }).end("<h1>Nothing here</h1>");
  else if (mood === "empty") response.writeHead(200, { "content-type": "application/json" }).end("{}");
  else
    response.writeHead(mood.status, { "content-type": "application/json" }).end(JSON.stringify({ code: mood.code, msg: "told by a test" }));
}

/** Listens on a free port of 127.0.0.1. */
export async function openStandin(mood: StandinMood): Promise<Standin> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push((request.url ?? "").split("/").at(-1) ?? "");
    request.resume();
    request.on("end", () => answer(response, standin.mood));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const standin: Standin = {
    url: `ws://127.0.0.1:${port}`,
    mood,
    calls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standin;
}
