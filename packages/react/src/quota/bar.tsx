/** How much of a person's room for clips is used. */
import type { Quota } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { Label } from "react-aria-components/Label";
import { Meter } from "react-aria-components/Meter";
import { useText } from "../provider/context.js";
import { sizeText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";

/** How full: `warn` from 80 %, `full` from 95 %. */
export const quotaLevel = (quota: Quota): "fine" | "warn" | "full" => {
  const share = quota.limitBytes === 0 ? 1 : (quota.usedBytes + quota.reservedBytes) / quota.limitBytes;
  return share >= 0.95 ? "full" : share >= 0.8 ? "warn" : "fine";
};

/** The bar, with the numbers in words. */
export const QuotaBar = ({ quota, className = "" }: { readonly quota: Quota; readonly className?: string }): ReactElement => {
  const text = useText();
  const { usedBytes, reservedBytes, limitBytes } = quota;
  const share = (bytes: number): number => (limitBytes === 0 ? 1 : Math.min(1, bytes / limitBytes));
  const words = text(texts.quotaUsed, { used: sizeText(usedBytes), limit: sizeText(limitBytes) });
  const level = quotaLevel(quota);
  return (
    <Meter
      className={`replay-quota ${className}`}
      data-level={level}
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
      {level === "full" && <p className="replay-hint">{text(texts.quotaFull)}</p>}
    </Meter>
  );
};
