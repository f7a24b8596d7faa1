/** The two lists of clips: mine, and those that others made of my shares. */
import type { ReactElement } from "react";
import { Link } from "react-aria-components/Link";
import { usePathname } from "wouter/use-browser-location";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";

/** Links side by side. */
export const LibraryWays = (): ReactElement => {
  const say = useSay();
  const at = usePathname();
  const ways = [
    [routes.library, words.libraryMine],
    [routes.ofMe, words.libraryOfMe],
  ] as const;
  return (
    <nav className="library-ways" aria-label={say(words.library)}>
      {ways.map(([href, text]) => (
        <Link key={href} href={href} {...(at === href && { "aria-current": "page" as const })}>
          {say(text)}
        </Link>
      ))}
    </nav>
  );
};
