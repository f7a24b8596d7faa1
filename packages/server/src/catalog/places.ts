/** From a row to where its files are: the names that the store's folders are made of. */
import type { ClipRow, SessionRow } from "./port.js";

/** What names a session's folder. */
export const folderOf = ({ roomName, userId, id }: SessionRow): { roomName: string; userId: string; sessionId: string } => ({
  roomName,
  userId,
  sessionId: id,
});

/** What names a clip's files and pins. */
export const addressOf = ({ userId, fileKey }: ClipRow): { userId: string; key: string } => ({ userId, key: fileKey });
