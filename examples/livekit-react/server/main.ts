/** The server of the example: lets people in, signs their tokens, serves the page. Everything else is between the page, LiveKit and livekit-replay. */
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import { fastify, type FastifyError } from "fastify";
import { newPerson, People } from "./people.ts";
import { readSettings } from "./settings.ts";
import { room, Team } from "./team.ts";
import { livekitToken, replayToken } from "./tokens.ts";
import { joinSchema, type Membership } from "./wire.ts";

/** What a refusal looks like. */
interface Refusal {
  readonly message: string;
}

const settings = readSettings(process.env);
const people = new People();
const team = new Team(settings);
const app = fastify({ bodyLimit: 4096 });

await app.register(fastifyStatic, { root: fileURLToPath(new URL("../dist", import.meta.url)) });

app.post("/api/join", async (request, reply): Promise<Membership | Refusal> => {
  const { data } = joinSchema.safeParse(request.body);
  if (data === undefined) return await reply.code(400).send({ message: "A name has 1 to 60 characters." });
  const person = newPerson(data.name);
  await team.add(person);
  const livekit = { url: settings.livekit.url, token: await livekitToken(settings, person, room.name) };
  return { key: people.letIn(person), ...person, livekit, replayUrl: settings.replay.url };
});

app.post("/api/replay-token", async (request, reply): Promise<{ readonly token: string } | Refusal> => {
  const person = people.find(request.headers.authorization);
  if (person === null) return await reply.code(401).send({ message: "Join first." });
  return { token: await replayToken(settings, person) };
});

app.setErrorHandler<FastifyError>(async (error, _request, reply) => {
  if (error.statusCode !== undefined && error.statusCode < 500) return await reply.send(error);
  process.stderr.write(`${error.message}\n`);
  return await reply.code(502).send({ message: "The server of livekit-replay does not answer, or does not know this application." });
});

const address = await app.listen({ port: settings.port, host: "127.0.0.1" });
process.stdout.write(`Open ${address.replace("127.0.0.1", "localhost")}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void app.close());
