/** What a check found, by kind: a sentence, how often, and where. */
import { storeFindingKindSchema, type StoreFinding } from "@livekit-replay/contract";
import type { ReplayText } from "@livekit-replay/react";
import type { ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Disclosure, DisclosurePanel } from "react-aria-components/Disclosure";
import { Heading } from "react-aria-components/Heading";
import { useSay } from "../../texts/say.js";
import { findings as sentences, otherFinding } from "../texts/store.js";
import { views } from "../texts/views.js";

/** So many places are named of each kind. */
const MOST = 50;

const sentenceOf = (kind: string): ReplayText => {
  const known = storeFindingKindSchema.safeParse(kind);
  return known.success ? sentences[known.data] : otherFinding;
};

const Kind = ({ kind, found }: { readonly kind: string; readonly found: readonly StoreFinding[] }): ReactElement => {
  const say = useSay();
  return (
    <Disclosure className="admin-finding">
      <Heading level={4}>
        <Button slot="trigger">
          <span className="admin-count">{found.length}</span>
          <span>{say(sentenceOf(kind), { kind })}</span>
          <span aria-hidden="true" className="admin-turn">
            ▾
          </span>
        </Button>
      </Heading>
      <DisclosurePanel>
        <ul>
          {found.slice(0, MOST).map(({ path, row, detail }) => (
            <li key={`${path ?? ""}\n${row ?? ""}\n${detail}`}>
              <code>{[path, row].filter((name) => name !== null).join(" · ")}</code>
              <span>{detail}</span>
            </li>
          ))}
          {found.length > MOST && <li>{say(views.storeAndMore, { count: found.length - MOST })}</li>}
        </ul>
      </DisclosurePanel>
    </Disclosure>
  );
};

/** The findings; nothing where there is none. */
export const Findings = ({ findings }: { readonly findings: readonly StoreFinding[] }): ReactElement | null => {
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  if (kinds.length === 0) return null;
  return (
    <div className="admin-findings">
      {kinds.map((kind) => (
        <Kind key={kind} kind={kind} found={findings.filter((finding) => finding.kind === kind)} />
      ))}
    </div>
  );
};
