/** Renders each component of the built package to text, in plain Node. Driven by server-side.test.ts; prints what came out as JSON. */
import { ReplayClient } from "@livekit-replay/client";
import type { Clip, Session } from "@livekit-replay/contract";
import { BufferStrip, CaptureButton, ClipLibrary, ClipPlayer, ReplayProvider, TrimEditor, useReplayBuffer } from "@livekit-replay/react";
import { createElement, Fragment, type ReactElement } from "react";
import { renderToString } from "react-dom/server";

const { session, clip } = JSON.parse(process.argv[2] ?? "{}") as { readonly session: Session; readonly clip: Clip };
const client = new ReplayClient({ baseUrl: "http://replay.test/livekit-replay" });

const render = (child: ReactElement): string => {
  const props = { client, userId: "alice", children: child };
  return renderToString(createElement(ReplayProvider, props));
};

const Room = (): ReactElement => {
  const { control } = useReplayBuffer({ roomName: "lobby" });
  return createElement(Fragment, null, createElement(BufferStrip, { session, control }), createElement(CaptureButton, { control }));
};

const rendered = {
  room: render(createElement(Room)),
  player: render(createElement(ClipPlayer, { clip })),
  trim: render(createElement(TrimEditor, { target: clip })),
  library: render(createElement(ClipLibrary, { hrefOf: ({ id }) => `#${id}` })),
};
process.stdout.write(JSON.stringify(rendered));
