/** Starts the example on http://localhost:8080, with livekit-replay inside; with `JWT_SECRET` and `HOST_SECRET` set, for one beside it. */
import "reflect-metadata";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { AppModule } from "./app.module.js";
import { Club } from "./club.js";

const port = 8080;

const { JWT_SECRET: jwtSecret, HOST_SECRET: hostSecret } = process.env;
const beside = jwtSecret !== undefined && hostSecret !== undefined;
const module = beside ? AppModule.besideReplay({ jwtSecret, hostSecret }) : AppModule.withReplay({ env: { LOG_LEVEL: "warn" } });
const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { rawBody: true });
app.enableShutdownHooks();
await app.listen(port, "127.0.0.1");
for (const { id, password } of app.get(Club, { strict: false }).people) process.stdout.write(`${id} signs in with ${password}\n`);
process.stdout.write(`Sign in with POST http://localhost:${port}/chat/sign-in\n`);
