/** The title of the browser's tab. */
import { useEffect } from "react";
import { useSay } from "../texts/say.js";
import { words } from "../texts/english.js";

/** Names the view in the tab. */
export const useTitle = (title: string): void => {
  const say = useSay();
  const whole = title === "" ? say(words.product) : `${title} · ${say(words.product)}`;
  useEffect(() => {
    document.title = whole;
  }, [whole]);
};
