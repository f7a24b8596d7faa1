/** Narrows the audit log: what, where, who, when. */
import { auditKindSchema, userIdSchema, type AuditKind, type AuditQuery, type Me } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { SearchField } from "react-aria-components/SearchField";
import { useSay } from "../../texts/say.js";
import { Choose } from "../form/choose.js";
import { audit } from "../texts/audit.js";
import { views } from "../texts/views.js";

/** A period that ends now, by its length in days. */
const periods = [1, 7, 30, 365] as const;

/** What is chosen; empty texts narrow nothing. */
export interface LogFilter {
  readonly kind: AuditKind | "";
  readonly communityId: string;
  readonly actorId: string;
  readonly days: (typeof periods)[number] | 0;
  /** When it was chosen: a period begins so long before. */
  readonly atMs: number;
}

const DAY_MS = 86_400_000;

/** The same as a query. */
export const queryOf = ({ kind, communityId, actorId, days, atMs }: LogFilter): Partial<AuditQuery> => ({
  ...(kind === "" ? {} : { kind }),
  ...(communityId === "" ? {} : { communityId }),
  ...(actorId === "" ? {} : { actorId }),
  ...(days === 0 ? {} : { fromMs: atMs - days * DAY_MS }),
});

const Actor = ({ value, onChange }: { readonly value: string; readonly onChange: (actorId: string) => void }): ReactElement => {
  const say = useSay();
  // A part of an id finds nobody: it is asked for when it is typed to its end.
  const [typed, setTyped] = useState(value);
  const set = (to: string): void => {
    if (to === "" || userIdSchema.safeParse(to).success) onChange(to);
  };
  return (
    <SearchField
      className="field admin-actor"
      value={typed}
      onChange={setTyped}
      onSubmit={(to) => set(to.trim())}
      onClear={() => set("")}
      onBlur={() => set(typed.trim())}
    >
      <Label>{say(views.logWho)}</Label>
      <Input className="admin-code" placeholder={say(views.logWhoHint)} spellCheck="false" autoCapitalize="none" />
    </SearchField>
  );
};

/** The choices. */
export const Filter = ({
  me,
  filter,
  onChange,
}: {
  readonly me: Me;
  readonly filter: LogFilter;
  readonly onChange: (filter: LogFilter) => void;
}): ReactElement => {
  const say = useSay();
  const set = (change: Partial<LogFilter>): void => onChange({ ...filter, ...change });
  const days = String(filter.days);
  return (
    <div className="admin-filter" role="group" aria-label={say(views.logFilter)}>
      <Choose
        label={say(views.logWhat)}
        value={filter.kind}
        onChange={(kind) => set({ kind })}
        choices={[
          { value: "", label: say(views.logAll) },
          ...auditKindSchema.options.map((kind) => ({ value: kind, label: say(audit[`kind_${kind}`]) })),
        ]}
      />
      <Choose
        label={say(views.logWhere)}
        value={filter.communityId}
        onChange={(communityId) => set({ communityId })}
        choices={[{ value: "", label: say(views.logAnywhere) }, ...me.communities.map(({ id, name }) => ({ value: id, label: name }))]}
      />
      <Choose
        label={say(views.logWhen)}
        value={days}
        onChange={(to) => set({ days: periods.find((period) => String(period) === to) ?? 0, atMs: Date.now() })}
        choices={[
          { value: "0", label: say(views.logAnytime) },
          ...periods.map((period) => ({ value: String(period), label: say(views[`logDays${period}`]) })),
        ]}
      />
      <Actor value={filter.actorId} onChange={(actorId) => set({ actorId })} />
    </div>
  );
};
