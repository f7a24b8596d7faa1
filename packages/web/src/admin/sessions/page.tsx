/** The sessions of all communities. */
import type { Me } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { useSay } from "../../texts/say.js";
import { useTitle } from "../../ui/title.js";
import { views } from "../texts/views.js";
import { SessionList } from "./list.js";

/** The view. */
export const SessionsPage = ({ me }: { readonly me: Me }): ReactElement => {
  const say = useSay();
  useTitle(say(views.sessions));
  return (
    <>
      <h1>{say(views.sessions)}</h1>
      <p className="admin-lead">{say(views.sessionsWhat)}</p>
      <SessionList me={me} />
    </>
  );
};
