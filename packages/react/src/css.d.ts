/** Custom properties in `style`: how components hand numbers to the style sheet. */
import "react";

declare module "react" {
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined;
  }
}
