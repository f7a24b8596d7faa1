/** Buttons and links that look like buttons. */
import type { ReactElement, ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components/Button";
import { Link } from "react-aria-components/Link";
import { Icon, type IconName } from "./icon.js";

/** `strong`: the one thing to do here. `quiet`: without a frame. `danger`: takes something away. */
export type ButtonLook = "plain" | "strong" | "quiet" | "danger";

/** What a button shows; the rest is React Aria's. */
export interface ButtonProps extends Omit<AriaButtonProps, "children" | "className"> {
  readonly look?: ButtonLook;
  readonly icon?: IconName;
  /** What it does is under way: it keeps the focus, and presses are ignored. */
  readonly busy?: boolean;
  readonly children?: ReactNode;
}

const ignore = (): void => undefined;

/** A button. Without words it needs an `aria-label`. */
export const Button = ({ look = "plain", icon, busy = false, children, ...rest }: ButtonProps): ReactElement => (
  <AriaButton
    {...rest}
    {...(busy ? { onPress: ignore, type: "button" } : {})}
    className="button"
    data-look={look}
    data-busy={busy || undefined}
    data-bare={children === undefined || undefined}
  >
    {icon !== undefined && <Icon name={icon} />}
    {children}
  </AriaButton>
);

/** Where a link leads and what it shows. */
export interface LinkButtonProps {
  readonly href: string;
  readonly look?: ButtonLook;
  readonly icon?: IconName;
  /** Saves instead of opening. */
  readonly download?: boolean;
  readonly children: ReactNode;
}

/** A link that looks like a button. */
export const LinkButton = ({ href, look = "plain", icon, download = false, children }: LinkButtonProps): ReactElement => (
  <Link href={href} className="button" data-look={look} {...(download ? { download: true } : {})}>
    {icon !== undefined && <Icon name={icon} />}
    {children}
  </Link>
);
