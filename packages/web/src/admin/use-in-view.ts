/** A row that scrolls sideways on a phone shows what is chosen in it. */
import { useEffect, useRef, type RefObject } from "react";

/** For the row; `chosen` says that another one was. */
export const useInView = <Row extends HTMLElement>(chosen: string | undefined): RefObject<Row | null> => {
  const row = useRef<Row | null>(null);
  useEffect(() => {
    row.current?.querySelector("[aria-current], [aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [chosen]);
  return row;
};
