/** What the numbers of a quota mean: used, held, left, and for how many minutes more. */
import type { Quota } from "@livekit-replay/contract";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { keys } from "../provider/keys.js";
import { useReplay, useText } from "../provider/context.js";
import { sizeText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { bytesPerMinute, quotaFree } from "./level.js";

/** So many of the newest clips say how much a minute takes. */
const LATELY = 24;

/** Words for how much longer can be kept. */
const Left = ({ quota }: { readonly quota: Quota }): ReactElement | null => {
  const text = useText();
  const { client } = useReplay();
  const query = { page: 1, pageSize: LATELY, sort: "newest" } as const;
  const { data } = useQuery({ queryKey: keys.clips(query), queryFn: ({ signal }) => client.clips.mine(query, signal) });
  const rate = bytesPerMinute(data?.items ?? []);
  if (rate === undefined) return null;
  const minutes = Math.floor(quotaFree(quota) / rate);
  return <p>{text(texts.quotaMinutes, { minutes: minutes.toLocaleString(), rate: sizeText(rate) })}</p>;
};

/** Whose room; `children`: what to do about it, below. */
export interface QuotaDetailsProps {
  readonly quota: Quota;
  readonly children?: ReactNode;
}

/** The explanation. How much a minute takes is asked for when it is shown. */
export const QuotaDetails = ({ quota, children }: QuotaDetailsProps): ReactElement => {
  const text = useText();
  const rows = [
    ["used", texts.quotaRowUsed, quota.usedBytes],
    ["held", texts.quotaRowHeld, quota.reservedBytes],
    ["free", texts.quotaRowFree, quotaFree(quota)],
    ["limit", texts.quotaRowLimit, quota.limitBytes],
  ] as const;
  return (
    <div className="replay-quota-details">
      <dl>
        {rows.map(([name, label, bytes]) => (
          <div key={name} data-row={name}>
            <dt>{text(label)}</dt>
            <dd>
              <bdi>{sizeText(bytes)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <Left quota={quota} />
      <p>{text(texts.quotaHow)}</p>
      {children}
    </div>
  );
};
