/** Catalogues are compiled when they are imported (`@lingui/vite-plugin`). */
declare module "*.po" {
  import type { Messages } from "@lingui/core";
  /** The texts of a language by id. */
  export const messages: Messages;
}
