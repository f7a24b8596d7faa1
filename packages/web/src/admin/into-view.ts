/** A row that scrolls sideways on a phone shows what is chosen in it. */

/** For the `ref` of what is chosen. */
export const intoView = (element: Element | null): void => element?.scrollIntoView({ block: "nearest", inline: "center" });
