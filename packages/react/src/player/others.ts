/** Players of one page: who needs the ear or the eye for itself lets the others pause. */
import type { PlayerStore } from "./store.js";

const players = new Set<PlayerStore>();

/** Counts a player as one of the page until the answered function is called. */
export const among = (player: PlayerStore): (() => void) => {
  players.add(player);
  return () => void players.delete(player);
};

/** Pauses every player but one. */
export const pauseOthers = (one: PlayerStore): void => {
  for (const player of players) if (player !== one) player.pause();
};
