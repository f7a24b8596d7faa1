/** What a community has set for its sessions. Each change is saved at once. */
import { useReplay } from "@livekit-replay/react";
import type { CommunityConfigView, EditCommunityConfig, Me } from "@livekit-replay/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { words } from "../../texts/english.js";
import { sentenceOf } from "../../texts/refusal.js";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { Failure, Loading, Notice } from "../../ui/notice.js";
import { NumberInput } from "../form/number.js";
import { Radios } from "../form/radios.js";
import { Toggle } from "../form/toggle.js";
import { adminKey } from "../form/use-saved.js";
import { views } from "../texts/views.js";

/** As many as the contract takes. */
const MOST = 10_000;

interface LimitsControl {
  readonly change: (body: EditCommunityConfig) => void;
  readonly state: "idle" | "saving" | "saved";
  readonly error: unknown;
}

/** Shows a change at once, and takes it back when the server does not take it. Changes follow each other. */
const useChange = (communityId: string): LimitsControl => {
  const { client } = useReplay();
  const queries = useQueryClient();
  const queryKey = [adminKey, "limits", communityId];
  const saving = useMutation({
    scope: { id: `${adminKey}-limits-${communityId}` },
    mutationFn: (body: EditCommunityConfig) => client.communities.edit(communityId, body),
    onMutate: async ({ maxConcurrent, ...body }) => {
      await queries.cancelQueries({ queryKey });
      queries.setQueryData(queryKey, (before: CommunityConfigView | undefined): CommunityConfigView | undefined => {
        if (before === undefined) return before;
        const own = maxConcurrent === undefined ? before.ownMaxConcurrent : maxConcurrent;
        const { enabled = before.enabled, autoStart = before.autoStart, whoMayCapture = before.whoMayCapture } = body;
        return { ...before, enabled, autoStart, whoMayCapture, ownMaxConcurrent: own, maxConcurrent: own ?? before.defaultMaxConcurrent };
      });
    },
    onSuccess: (config) => void queries.setQueryData(queryKey, config),
    onError: () => void queries.invalidateQueries({ queryKey }),
  });
  const { mutate, isPending, isSuccess, error } = saving;
  return { change: (body) => mutate(body), state: isPending ? "saving" : isSuccess ? "saved" : "idle", error };
};

const AtOnce = ({ config, change }: { readonly config: CommunityConfigView; readonly change: LimitsControl["change"] }): ReactElement => {
  const say = useSay();
  const { maxConcurrent, ownMaxConcurrent, defaultMaxConcurrent } = config;
  return (
    <NumberInput
      label={say(views.atOnce)}
      hint={`${say(views.atOnceWhat)} ${ownMaxConcurrent === null ? say(views.isDefault) : say(views.defaultIs, { value: defaultMaxConcurrent })}`}
      value={maxConcurrent}
      max={MOST}
      onChange={(to) => {
        if (!Number.isNaN(to) && to !== maxConcurrent) change({ maxConcurrent: to });
      }}
      beside={
        ownMaxConcurrent !== null && (
          <Button slot={null} onPress={() => change({ maxConcurrent: null })}>
            {say(views.useDefault, { value: defaultMaxConcurrent })}
          </Button>
        )
      }
    />
  );
};

const Settings = ({
  config,
  change,
  me,
}: {
  readonly config: CommunityConfigView;
  readonly change: LimitsControl["change"];
  readonly me: Me;
}): ReactElement => {
  const say = useSay();
  return (
    <>
      <Toggle
        label={say(views.enabled)}
        sentence={say(views.enabledWhat)}
        isOn={config.enabled}
        onChange={(enabled) => change({ enabled })}
      />
      <AtOnce config={config} change={change} />
      <Toggle
        label={say(views.autoStart)}
        sentence={me.livekit === null ? say(views.autoStartNoLivekit) : say(views.autoStartWhat)}
        isOn={config.autoStart}
        onChange={(autoStart) => change({ autoStart })}
      />
      <Radios
        label={say(views.whoMayCapture)}
        value={config.whoMayCapture}
        onChange={(whoMayCapture) => change({ whoMayCapture })}
        choices={[
          { value: "room", label: say(views.whoRoom), sentence: say(views.whoRoomWhat) },
          { value: "owner", label: say(views.whoOwner), sentence: say(views.whoOwnerWhat) },
        ]}
      />
    </>
  );
};

/** The settings. */
export const Limits = ({ communityId, me }: { readonly communityId: string; readonly me: Me }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const config = useQuery({
    queryKey: [adminKey, "limits", communityId],
    queryFn: ({ signal }) => client.communities.config(communityId, signal),
  });
  const { change, state, error } = useChange(communityId);
  if (config.data === undefined) {
    if (config.isPending) return <Loading label={say(words.loading)} />;
    return <Failure title={say(views.listFailed)} error={config.error} onRetry={() => void config.refetch()} />;
  }
  return (
    <div className="admin-settings">
      <Settings config={config.data} change={change} me={me} />
      <p className="admin-state" role="status">
        {state === "saving" && say(views.saving)}
        {state === "saved" && say(views.saved)}
      </p>
      {error !== null && <Notice look="warning">{sentenceOf(error, say)}</Notice>}
    </div>
  );
};
