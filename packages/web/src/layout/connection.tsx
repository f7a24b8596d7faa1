/** How the connection to the server is, where no room says it. */
import { useConnection } from "@livekit-replay/react";
import type { ReactElement } from "react";
import { usePathname } from "wouter/use-browser-location";
import { Away } from "../ui/away.js";

/** Above every view. */
export const Connection = (): ReactElement | null => {
  const { state } = useConnection();
  const at = usePathname();
  // A room has a stream of its own, and says so itself.
  return at.startsWith("/rooms/") ? null : <Away away={state === "reconnecting"} />;
};
