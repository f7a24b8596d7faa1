/** How much a user may keep: the server's default, or a limit of their own. */
import { sizeText, useReplay } from "@livekit-replay/react";
import type { Quota } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { words } from "../../texts/english.js";
import { useSay } from "../../texts/say.js";
import { Notice } from "../../ui/notice.js";
import { NumberInput } from "../form/number.js";
import { Radios } from "../form/radios.js";
import { SaveDialog } from "../form/save-dialog.js";
import { views } from "../texts/views.js";
import { bytesOf, gigabytesOf, mostGigabytes } from "./gigabytes.js";

/** Whose limit, and what is known of it. */
export interface Limited {
  readonly userId: string;
  readonly name: string;
  readonly quota: Quota;
  readonly ownLimitBytes: number | null;
  readonly defaultLimitBytes: number;
}

/** The dialog; open while it is rendered. */
export const LimitDialog = ({ limited, onClose }: { readonly limited: Limited; readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const { userId, name, quota, ownLimitBytes, defaultLimitBytes } = limited;
  const [kind, setKind] = useState<"default" | "own">(ownLimitBytes === null ? "default" : "own");
  const [gigabytes, setGigabytes] = useState(gigabytesOf(quota.limitBytes));
  const [sent, setSent] = useState(false);
  const bytes = bytesOf(gigabytes);
  const limitBytes = kind === "default" ? defaultLimitBytes : bytes;
  const held = quota.usedBytes + quota.reservedBytes;
  return (
    <SaveDialog
      title={say(views.limitOf, { name })}
      submit={say(words.save)}
      check={() => {
        setSent(true);
        if (kind === "default") return { limitBytes: null };
        return bytes === undefined ? undefined : { limitBytes: bytes };
      }}
      save={(body) => client.admin.editQuota(userId, body)}
      saved={() => say(views.saved)}
      onClose={onClose}
    >
      <p>{say(views.keepsNow, { used: sizeText(held) })}</p>
      <Radios
        label={say(views.limit)}
        value={kind}
        onChange={setKind}
        choices={[
          { value: "default", label: say(views.limitDefault), sentence: sizeText(defaultLimitBytes) },
          { value: "own", label: say(views.limitOwnChoice) },
        ]}
      />
      {kind === "own" && (
        <NumberInput
          label={say(views.gigabytes)}
          value={gigabytes}
          onChange={setGigabytes}
          max={mostGigabytes}
          digits={3}
          error={sent && bytes === undefined ? say(views.gigabytesNone) : undefined}
        />
      )}
      {limitBytes !== undefined && limitBytes < held && <Notice look="plain">{say(views.limitBelow)}</Notice>}
    </SaveDialog>
  );
};
