/** Things that are said in the page: a state with its sentence, an empty place, a failure with a way out. */
import type { ReactElement, ReactNode } from "react";
import { Button } from "./button.js";
import { Icon, type IconName } from "./icon.js";
import { useSay } from "../texts/say.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";

/** One line that must be seen. `warning` is read out at once. */
export const Notice = ({
  look,
  icon = "warning",
  children,
}: {
  readonly look: "plain" | "warning";
  readonly icon?: IconName;
  readonly children: ReactNode;
}): ReactElement => (
  <p className="notice" data-look={look} role={look === "warning" ? "alert" : "status"}>
    <Icon name={icon} />
    <span>{children}</span>
  </p>
);

/** What there is none of; `isView`: it is all that the view has. */
interface NothingProps {
  readonly title: string;
  readonly isView?: boolean;
  readonly children?: ReactNode;
}

/** A place where nothing is, and what to do about it. */
export const Nothing = ({ title, isView = false, children }: NothingProps): ReactElement => (
  <div className="nothing">
    {isView ? <h1>{title}</h1> : <h2>{title}</h2>}
    {children}
  </div>
);

/** Something failed: what, why, and again. */
export const Failure = ({
  title,
  error,
  onRetry,
}: {
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
}): ReactElement => {
  const say = useSay();
  return (
    <div className="nothing" role="alert">
      <h2>{title}</h2>
      <p>{sentenceOf(error, say)}</p>
      {onRetry !== undefined && <Button onPress={onRetry}>{say(words.again)}</Button>}
    </div>
  );
};

/** A wait that is worth a word. */
export const Loading = ({ label }: { readonly label: string }): ReactElement => (
  <p className="loading" role="status">
    {label}
  </p>
);
