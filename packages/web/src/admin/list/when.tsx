/** An instant in the reader's own zone: the time alone when it is today's. */
import { useReplay } from "@livekit-replay/react";
import type { ReactElement } from "react";
import { useLocale } from "react-aria-components/I18nProvider";

/** Shows an instant; the whole of it, with its zone, where a pointer rests on it. */
export const When = ({ atMs }: { readonly atMs: number }): ReactElement => {
  const { locale } = useLocale();
  const at = new Date(atMs);
  const now = new Date(useReplay().client.clock.now());
  const short = new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    ...(at.toDateString() === now.toDateString() ? {} : { day: "numeric", month: "short" }),
    ...(at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  });
  const whole = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
  return (
    <time dateTime={at.toISOString()} title={whole.format(at)}>
      {short.format(at)}
    </time>
  );
};
