/** Loads the place of the toasts once the page is quiet: before the first toast, and after everything that a person waits for. */
import { lazy, Suspense, useEffect, useState, type ReactElement } from "react";

const load = async (): Promise<typeof import("./region.js")> => await import("./region.js");
const Region = lazy(async () => ({ default: (await load()).ToastRegion }));

/** Loads what a toast of captures is made of, before the first one. */
export const preloadCaptures = async (): Promise<void> => {
  await Promise.all([load(), import("./captures.js")]);
};

/** Once in the page. A toast that is sent earlier is shown when its place is there. */
export const Toasts = (): ReactElement | null => {
  const [quiet, setQuiet] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(true), 500);
    return () => clearTimeout(timer);
  }, []);
  return quiet ? (
    <Suspense>
      <Region />
    </Suspense>
  ) : null;
};
