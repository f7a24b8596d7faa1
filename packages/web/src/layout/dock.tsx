/** My running share, on every view but its own room. */
import { useShare, type SteadyMe } from "@livekit-replay/react";
import { lazy, Suspense, useEffect, type ReactElement } from "react";
import { usePathname } from "wouter/use-browser-location";
import { routes } from "./routes.js";

const loadPanel = async (): Promise<typeof import("./dock-panel.js")> => await import("./dock-panel.js");
const Panel = lazy(async () => ({ default: (await loadPanel()).DockPanel }));

/** Nothing while I do not share, or while I look at the room of my share. */
export const Dock = ({ me }: { readonly me: SteadyMe }): ReactElement | null => {
  const { share } = useShare();
  const at = usePathname();
  const shares = "stream" in share;
  useEffect(() => {
    // Whoever shares may go elsewhere: the bar is there at once then. A failure shows itself when it is needed.
    if (shares) loadPanel().catch(() => undefined);
  }, [shares]);
  if (!shares || at === routes.room(share.roomName)) return null;
  return (
    <Suspense>
      <Panel me={me} roomName={share.roomName} />
    </Suspense>
  );
};
