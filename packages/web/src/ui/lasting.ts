/** What passes at once need not be said. */
import { useEffect, useState } from "react";

/** True once `on` has lasted so long; false as soon as it is off. */
export const useLasting = (on: boolean, ms: number): boolean => {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!on) return undefined;
    const timer = setTimeout(() => setLasts(true), ms);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [on, ms]);
  return lasts;
};
