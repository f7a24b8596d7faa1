/** How much of a person's room for clips is used, and what that means. */
import type { Quota } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { Label } from "react-aria-components/Label";
import { Meter } from "react-aria-components/Meter";
import { useText } from "../provider/context.js";
import { sizeText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { quotaFree, quotaLevel } from "./level.js";

/** What a level means, in a sentence; nothing while there is room. */
const Hint = ({ quota }: { readonly quota: Quota }): ReactElement | null => {
  const text = useText();
  const level = quotaLevel(quota);
  if (level === "fine") return null;
  if (level === "full") return <p className="replay-hint replay-quota-hint">{text(texts.quotaFull)}</p>;
  const free = sizeText(quotaFree(quota));
  return <p className="replay-hint replay-quota-hint">{text(level === "almost" ? texts.quotaAlmost : texts.quotaWarn, { free })}</p>;
};

/** The bar, with the numbers in words. */
export const QuotaBar = ({ quota, className = "" }: { readonly quota: Quota; readonly className?: string }): ReactElement => {
  const text = useText();
  const { usedBytes, reservedBytes, limitBytes } = quota;
  const share = (bytes: number): number => (limitBytes === 0 ? 1 : Math.min(1, bytes / limitBytes));
  const words = text(texts.quotaUsed, { used: sizeText(usedBytes), limit: sizeText(limitBytes) });
  return (
    <Meter
      className={`replay-quota ${className}`}
      data-level={quotaLevel(quota)}
      minValue={0}
      maxValue={Math.max(1, limitBytes)}
      value={Math.min(limitBytes, usedBytes + reservedBytes)}
      valueLabel={words}
    >
      <div className="replay-quota-words">
        <Label>{text(texts.quota)}</Label>
        <span>{words}</span>
      </div>
      <div
        className="replay-quota-bar"
        style={{ "--replay-used": share(usedBytes), "--replay-reserved": share(usedBytes + reservedBytes) }}
      />
      {reservedBytes > 0 && <p className="replay-hint">{text(texts.quotaMaking, { reserved: sizeText(reservedBytes) })}</p>}
      <Hint quota={quota} />
    </Meter>
  );
};
