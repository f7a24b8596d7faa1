/** The store's check: whether disk and catalogue agree, and a repair where they do not. */
import { useReplay } from "@livekit-replay/react";
import type { StoreCheck, StoreRepair } from "@livekit-replay/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { words } from "../../texts/english.js";
import { sentenceOf } from "../../texts/refusal.js";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { Dialog } from "../../ui/dialog.js";
import { Notice } from "../../ui/notice.js";
import { useTitle } from "../../ui/title.js";
import { adminKey } from "../form/use-saved.js";
import { When } from "../list/when.js";
import { views } from "../texts/views.js";
import { Findings } from "./findings.js";

type Result = StoreCheck | StoreRepair;

const Verdict = ({ result }: { readonly result: Result }): ReactElement => {
  const say = useSay();
  const { broken, total, findings, serverTimeMs } = result;
  return (
    <section className="admin-result" data-broken={broken > 0 || undefined} aria-live="polite">
      <h2>{broken === 0 ? say(views.storeWell) : say(views.storeBroken, { count: broken })}</h2>
      <p className="admin-soft">
        {say(views.storeAt)} <When atMs={serverTimeMs} />
      </p>
      {"mended" in result && (
        <>
          <h3>{result.mended.length === 0 ? say(views.storeMendedNone) : say(views.storeMended)}</h3>
          <Findings findings={result.mended} />
          {result.finalising > 0 && <p>{say(views.storeFinalising, { count: result.finalising })}</p>}
          {total > 0 && <h3>{say(views.storeLeft)}</h3>}
        </>
      )}
      <Findings findings={findings} />
      {total > findings.length && <p className="admin-soft">{say(views.storeMore, { shown: findings.length, total })}</p>}
    </section>
  );
};

const RepairDialog = ({
  onRepair,
  busy,
  error,
  onClose,
}: {
  readonly onRepair: () => void;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onClose: () => void;
}): ReactElement => {
  const say = useSay();
  return (
    <Dialog title={say(views.repairAsk)} role="alertdialog" isOpen onClose={onClose}>
      <div className="form">
        <p>{say(views.repairWhat)}</p>
        <p>{say(views.repairStays)}</p>
        {error !== null && <Notice look="warning">{sentenceOf(error, say)}</Notice>}
        <div className="form-buttons">
          <Button onPress={onClose}>{say(words.cancel)}</Button>
          <Button look="danger" busy={busy} onPress={onRepair}>
            {say(views.repair)}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};

/** The view. Nothing is looked through before somebody wants it: a check walks the whole disk. */
export const StorePage = (): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const queries = useQueryClient();
  const [result, setResult] = useState<Result | null>(null);
  const [asks, setAsks] = useState(false);
  const check = useMutation({ mutationFn: () => client.admin.checkStore(), onSuccess: setResult });
  const repair = useMutation({
    mutationFn: () => client.admin.repairStore(),
    onSuccess: async (repaired) => {
      setResult(repaired);
      setAsks(false);
      await queries.invalidateQueries({ queryKey: [adminKey] });
    },
  });
  useTitle(say(views.store));
  return (
    <>
      <h1>{say(views.store)}</h1>
      <p className="admin-lead">{say(views.storeWhat)}</p>
      <div className="admin-buttons">
        <Button look="strong" busy={check.isPending} onPress={() => check.mutate()}>
          {say(result === null ? views.check : views.checkAgain)}
        </Button>
        {result !== null && result.total > 0 && (
          <Button busy={repair.isPending} onPress={() => setAsks(true)}>
            {say(views.repairDots)}
          </Button>
        )}
      </div>
      {check.isPending && (
        <p className="admin-soft" role="status">
          {say(views.checking)}
        </p>
      )}
      {check.isError && <Notice look="warning">{sentenceOf(check.error, say)}</Notice>}
      {result !== null && !check.isPending && <Verdict result={result} />}
      {asks && (
        <RepairDialog
          onRepair={() => repair.mutate()}
          busy={repair.isPending}
          error={repair.error}
          onClose={() => {
            if (repair.isPending) return;
            setAsks(false);
            repair.reset();
          }}
        />
      )}
    </>
  );
};
