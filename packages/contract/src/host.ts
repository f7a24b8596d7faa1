/**
 * What this server asks a host application and tells it, with `DIRECTORY=host`: `POST {HOST_URL}{path}` with JSON, signed (`host-signature.ts`).
 * A question is answered 200 with its answer's shape, or 404 with `{ "unknown": true }`. Whatever else comes is no answer, and no answer is a no.
 * A notice is answered with any 2xx. It may come twice; ids tell.
 */
import { z } from "zod";
import { directoryIdSchema, idSchema, instantSchema, lengthMsSchema, roomNameSchema, userIdSchema } from "./id.js";
import { channelSchema, personSchema, roomSchema } from "./me.js";
import { permissionSchema } from "./permissions.js";

/** Sent with every request as `Livekit-Replay-Version`. */
export const hostProtocolVersion = "1";

const nameSchema = z.string().min(1).max(200);
const communitySchema = z.object({ id: directoryIdSchema, name: nameSchema });

/** Names that are not ours are left out: a host may send all permissions that it knows. */
const permissionsSchema = z
  .array(z.string())
  .max(1000)
  .transform((names) => names.flatMap((name) => permissionSchema.safeParse(name).data ?? []));

/** The questions: path, body, and what a 200 answers. What 404 with `{ "unknown": true }` means is said for each. */
export const hostQuestions = {
  /** Unknown: a stranger. `admin`: instance admin, who may everything everywhere. */
  person: {
    path: "/person",
    question: z.object({ userId: userIdSchema }),
    answer: z.object({ userId: userIdSchema, name: nameSchema, admin: z.boolean().default(false) }),
  },
  /** Unknown: not a member. */
  permissions: {
    path: "/permissions",
    question: z.object({ communityId: directoryIdSchema, userId: userIdSchema }),
    answer: z.object({ permissions: permissionsSchema }),
  },
  /** The communities that a person is in; with `all` (for an instance admin) all there are. Unknown: none. */
  communities: {
    path: "/communities",
    question: z.object({ userId: userIdSchema, all: z.boolean() }),
    answer: z.object({ communities: z.array(communitySchema) }),
  },
  /** The rooms and channels of a community. Unknown: there is no such community. */
  community: {
    path: "/community",
    question: z.object({ communityId: directoryIdSchema }),
    answer: communitySchema.extend({ rooms: z.array(roomSchema), channels: z.array(channelSchema) }),
  },
  /** Which community a room belongs to. Unknown: there is no such room. */
  room: {
    path: "/room",
    question: z.object({ roomName: roomNameSchema }),
    answer: z.object({ roomName: roomNameSchema, community: communitySchema }),
  },
  /** Unknown: there is no such channel. */
  channel: {
    path: "/channel",
    question: z.object({ channelId: directoryIdSchema }),
    answer: channelSchema.extend({ communityId: directoryIdSchema }),
  },
} as const;

/** The name of a question. */
export type HostQuestion = keyof typeof hostQuestions;

/** What a host answers 404 with when it does not know the thing. A 404 without it is taken for a wrong address, and so for no answer. */
export const hostUnknownSchema = z.object({ unknown: z.literal(true) });

const postKeySchema = z.object({ postId: idSchema, channelId: directoryIdSchema });

/** A clip that is shared to a channel of the host. */
export const hostPostSchema = postKeySchema.extend({
  communityId: directoryIdSchema,
  author: personSchema,
  /** What the author wrote; may be empty. */
  text: z.string(),
  createdAtMs: instantSchema,
  clip: z.object({ id: idSchema, title: z.string(), durationMs: lengthMsSchema, owner: personSchema, sharer: personSchema }),
  /** Addresses of this API, for who is signed in: the clip with links for that person, and its picture. Whole when `PUBLIC_URL` is set, else from the base path on. */
  links: z.object({ clip: z.string(), poster: z.string() }),
});
/** See {@link hostPostSchema}. */
export type HostPost = z.infer<typeof hostPostSchema>;

/** The notices: path and body. */
export const hostNotices = {
  /** A clip is shared. Any 2xx takes it; 403 refuses it (`permission_denied`), 404 with `{ "unknown": true }` too (`channel_not_found`). */
  posted: { path: "/posts", body: hostPostSchema },
  /** A post was taken back, or was never made after all: one that is not known is fine. */
  removed: { path: "/posts/removed", body: postKeySchema },
  /** A clip is gone for good, and these posts show it no more. */
  clipDeleted: { path: "/clips/deleted", body: z.object({ clipId: idSchema, posts: z.array(postKeySchema) }) },
} as const;

/** The name of a notice. */
export type HostNotice = keyof typeof hostNotices;
