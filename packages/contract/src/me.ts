/** Who the asking person is, what they see and may do. */
import { z } from "zod";
import { directoryIdSchema, instantSchema, roomNameSchema, userIdSchema } from "./id.js";
import { permissionSchema } from "./permissions.js";
import { quotaSchema } from "./quota.js";

/** A user and the name that is shown. */
export const personSchema = z.object({ userId: userIdSchema, name: z.string() });
export type Person = z.infer<typeof personSchema>;

/** A room and the title that is shown. */
export const roomSchema = z.object({ roomName: roomNameSchema, title: z.string() });
export type Room = z.infer<typeof roomSchema>;

/** A text channel and the name that is shown. */
export const channelSchema = z.object({ id: directoryIdSchema, name: z.string() });
export type Channel = z.infer<typeof channelSchema>;

/** A community as one member sees it. */
export const communityViewSchema = z.object({
  id: directoryIdSchema,
  name: z.string(),
  permissions: z.array(permissionSchema),
  rooms: z.array(roomSchema),
  /** Those that the person can read. */
  channels: z.array(channelSchema),
});
export type CommunityView = z.infer<typeof communityViewSchema>;

/** `GET /me`. */
export const meSchema = z.object({
  userId: userIdSchema,
  name: z.string(),
  admin: z.boolean(),
  communities: z.array(communityViewSchema),
  quota: quotaSchema,
  /** What the page needs to know of the server. */
  limits: z.object({ bufferMinutes: z.number(), captureMaxMinutes: z.number(), graceMinutes: z.number() }),
  /** How the page joins rooms; null where there is no LiveKit and it publishes by WHIP. `url`: what browsers connect to. */
  livekit: z.object({ url: z.string() }).nullable(),
  /** Who owns the directory: this server (`builtin`), or the host application, where it is changed then. */
  directory: z.enum(["builtin", "host"]),
  /** When the token ends. */
  tokenExpiresAtMs: instantSchema,
  serverTimeMs: instantSchema,
});
export type Me = z.infer<typeof meSchema>;

/** `GET /demo/people` and `POST /demo/sign-in`: in demo mode only. */
export const demoPersonSchema = personSchema.extend({ description: z.string() });
export type DemoPerson = z.infer<typeof demoPersonSchema>;
/** Answer of `GET /demo/people`. */
export const demoPeopleSchema = z.object({ people: z.array(demoPersonSchema) });
/** Body of `POST /demo/sign-in`. */
export const demoSignInSchema = z.object({ userId: userIdSchema });
/** Answer of `POST /demo/sign-in`: a token of that person. */
export const demoSignInAnswerSchema = z.object({ token: z.string(), userId: userIdSchema, name: z.string(), expiresAtMs: instantSchema });
export type DemoSignInAnswer = z.infer<typeof demoSignInAnswerSchema>;
