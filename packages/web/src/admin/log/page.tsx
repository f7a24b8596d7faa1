/** The audit log: who changed what, when, in sentences. */
import { sizeText, useReplay } from "@livekit-replay/react";
import type { AuditEntry, Me } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { useSay } from "../../texts/say.js";
import { useTitle } from "../../ui/title.js";
import { Avatar } from "../../ui/avatar.js";
import { namesOf } from "../communities/names.js";
import { Entries } from "../list/entries.js";
import { When } from "../list/when.js";
import { views } from "../texts/views.js";
import { Filter, queryOf, type LogFilter } from "./filter.js";
import { tell } from "./sentences.js";

const everything: LogFilter = { kind: "", communityId: "", actorId: "", days: 0, atMs: 0 };

const Entry = ({ me, entry }: { readonly me: Me; readonly entry: AuditEntry }): ReactElement => {
  const say = useSay();
  const { sentence, facts, failed } = tell(entry, { say, size: sizeText, names: namesOf(me) });
  return (
    <li className="admin-entry" data-failed={failed || undefined} data-action={entry.action}>
      <Avatar userId={entry.actor.userId} name={entry.actor.name} />
      <div>
        <p>{sentence}</p>
        {facts.length > 0 && (
          <ul>
            {facts.map((fact) => (
              <li key={fact}>{fact}</li>
            ))}
          </ul>
        )}
      </div>
      <When atMs={entry.atMs} />
    </li>
  );
};

/** The view. */
export const LogPage = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const [filter, setFilter] = useState(everything);
  const query = queryOf(filter);
  const isNarrow = Object.keys(query).length > 0;
  useTitle(say(views.log));
  return (
    <>
      <h1>{say(views.log)}</h1>
      <p className="admin-lead">{say(views.logLead)}</p>
      <Filter me={me} filter={filter} onChange={setFilter} />
      <Entries
        // Another filter begins on its first page.
        key={JSON.stringify(query)}
        name={["log", query]}
        load={({ page, pageSize }, signal) => client.admin.audit({ page, pageSize, ...query }, signal)}
        none={isNarrow ? { title: say(views.logNoMatch), how: say(views.logNoMatchHow) } : { title: say(views.logNone) }}
        show={({ items }, busy) => (
          <ol className="admin-log" data-busy={busy || undefined}>
            {items.map((entry) => (
              <Entry key={entry.id} me={me} entry={entry} />
            ))}
          </ol>
        )}
      />
    </>
  );
};
