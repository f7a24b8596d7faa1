/** A real HTTP server on a free port whose answers a test decides: the network peer of the client's tests. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Peer {
  readonly baseUrl: string;
  readonly heard: Heard[];
  close(): Promise<void>;
}

const read = async (request: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
};

/** `answer` is called for each request with how many came before it. */
export const startPeer = async (answer: (heard: Heard, response: ServerResponse, count: number) => void): Promise<Peer> => {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const one = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
      heard.push(one);
      answer(one, response, heard.length - 1);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/livekit-replay`,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

/** Writes a JSON answer. */
export const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json", ...headers });
  response.end(JSON.stringify(body));
};

/** Writes a refusal of the catalogue. */
export const refuse = (response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void =>
  json(response, status, { type: "about:blank", title: code, status, detail: `because of ${code}`, code, requestId: "r-1" }, headers);
