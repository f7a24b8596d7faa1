/** What a store must know when other servers work on the same folder: which sessions are whose, and which clip's files somebody is at work on. */
import type { PinAddress } from "./pin.js";

/** Names of what one server at a time works on. */
export interface StoreClaims {
  /** True when no other server has it; then it is ours until it is given up as often as it was taken. */
  take(name: string): Promise<boolean>;
  giveUp(name: string): Promise<void>;
  /** Works while no other server has it. @throws ReplayError `not_ready` when it is not given up in time; what the work throws. */
  during<T>(name: string, work: () => Promise<T>, patienceMs?: number): Promise<T>;
  /** Asked just before what cannot be taken back. @throws ReplayError `not_ready` when another server has it by now. */
  assertHas(name: string): Promise<void>;
}

/** The other servers, as far as files go. */
export interface StoreSharing {
  /** No other server was ever there since this one started. */
  isAlone(): boolean;
  /** Other servers have work under way. */
  othersWork(): boolean;
  /** Whether everything that lies in a session's folder was told to this process: no other server has it, or may have had it since it was read. */
  isCurrent(sessionId: string): Promise<boolean>;
  /** Whether a session records at another server now: then its folder is the other server's to write to. */
  isElsewhere(sessionId: string): Promise<boolean>;
  readonly claims: StoreClaims;
}

/** A store that nobody else works on. */
export const unshared: StoreSharing = {
  isAlone: () => true,
  othersWork: () => false,
  isCurrent: () => Promise.resolve(true),
  isElsewhere: () => Promise.resolve(false),
  claims: {
    take: () => Promise.resolve(true),
    giveUp: () => Promise.resolve(),
    during: (_name, work) => work(),
    assertHas: () => Promise.resolve(),
  },
};

/** What the files of one clip are claimed by. */
export const claimOf = ({ userId, key }: PinAddress): string => `clip:${userId}/${key}`;

/** Claims of clips' files. */
export interface ClipClaims {
  take(clip: PinAddress): Promise<boolean>;
  giveUp(clip: PinAddress): Promise<void>;
  during<T>(clip: PinAddress, work: () => Promise<T>, patienceMs?: number): Promise<T>;
}

/** The claims by what they are about. */
export const clipClaims = (claims: StoreClaims): ClipClaims => ({
  take: (clip) => claims.take(claimOf(clip)),
  giveUp: (clip) => claims.giveUp(claimOf(clip)),
  during: (clip, work, patienceMs) => claims.during(claimOf(clip), work, patienceMs),
});

/**
 * Works on a session while no other server does.
 * @param reread reads what another one may have written, or have had forgotten
 */
export function apart<T>(sharing: StoreSharing, sessionId: string, reread: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  if (sharing.isAlone()) return work();
  return sharing.claims.during(`session:${sessionId}`, async () => {
    if (!(await sharing.isCurrent(sessionId))) await reread();
    return work();
  });
}
