/** Catalogues are compiled when they are imported (`@lingui/vite-plugin`). */
declare module "*.po" {
  import type { Messages } from "@lingui/core";
  export const messages: Messages;
}
