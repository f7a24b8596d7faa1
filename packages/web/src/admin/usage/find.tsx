/** The limit of somebody who keeps nothing yet, or is far down the list: by user id. */
import { useReplay } from "@livekit-replay/react";
import { userIdSchema } from "@livekit-replay/contract";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { Form } from "react-aria-components/Form";
import { words } from "../../texts/english.js";
import { sentenceOf } from "../../texts/refusal.js";
import { useSay } from "../../texts/say.js";
import { Button } from "../../ui/button.js";
import { Dialog } from "../../ui/dialog.js";
import { Notice } from "../../ui/notice.js";
import { TextInput } from "../form/text.js";
import { useFields, type Checks } from "../form/use-fields.js";
import { views } from "../texts/views.js";
import type { Limited } from "./limit.js";

const checks: Checks<string> = {
  safeParse: (value) => {
    const checked = userIdSchema.safeParse((value as { readonly userId: unknown }).userId);
    return checked.success
      ? checked
      : { success: false, error: { issues: checked.error.issues.map(({ message }) => ({ path: ["userId"], message })) } };
  },
};

const FindDialog = ({ onFound, onClose }: { readonly onFound: (limited: Limited) => void; readonly onClose: () => void }): ReactElement => {
  const say = useSay();
  const { client } = useReplay();
  const fields = useFields(checks, { userId: "" });
  const find = useMutation({
    mutationFn: async (userId: string): Promise<Limited> => {
      const [quota, { defaultLimitBytes }] = await Promise.all([client.admin.quota(userId), client.admin.users({ pageSize: 1 })]);
      // A limit of their own that is the default is no other than it.
      const ownLimitBytes = quota.limitBytes === defaultLimitBytes ? null : quota.limitBytes;
      return { userId, name: userId, quota, ownLimitBytes, defaultLimitBytes };
    },
    onSuccess: (limited) => {
      onClose();
      onFound(limited);
    },
  });
  return (
    <Dialog title={say(views.limitFind)} isOpen onClose={onClose}>
      <Form
        className="form"
        validationBehavior="aria"
        onSubmit={(event) => {
          event.preventDefault();
          const userId = fields.check();
          if (userId !== undefined) find.mutate(userId);
        }}
      >
        <TextInput fields={fields} name="userId" label={say(views.userId)} hint={say(views.limitFindHint)} isCode autoFocus />
        {find.isError && <Notice look="warning">{sentenceOf(find.error, say)}</Notice>}
        <div className="form-buttons">
          <Button onPress={onClose}>{say(words.cancel)}</Button>
          <Button look="strong" type="submit" busy={find.isPending}>
            {say(views.next)}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
};

/** The button, and the dialog that it opens. */
export const FindUser = ({ onFound }: { readonly onFound: (limited: Limited) => void }): ReactElement => {
  const say = useSay();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onPress={() => setOpen(true)}>{say(views.limitFind)}</Button>
      {isOpen && <FindDialog onFound={onFound} onClose={() => setOpen(false)} />}
    </>
  );
};
