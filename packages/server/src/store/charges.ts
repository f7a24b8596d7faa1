/** What the store needs of the quota's ledger (`quotas/ledger`): to give back and to correct, never to charge. */

/** What the ledger knows a clip's MP4 with AAC sound by: it is charged beside the clip, and given back with it. Ids of clips have no dot. */
export const aacCharge = (clipId: string): string => `${clipId}.aac`;

/** All methods are idempotent. */
export interface ClipCharges {
  /** Makes what a clip holds `bytes` used; at most what it holds. */
  commit(userId: string, clipId: string, bytes: number): Promise<unknown>;
  /** Gives back all that a clip holds. */
  release(userId: string, clipId: string): Promise<unknown>;
}
