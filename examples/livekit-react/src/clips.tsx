/** The column beside the conference: what was kept just now, my clips, one of them when it is opened, and the trim editor. */
import {
  type Capture,
  ClipLibrary,
  ClipPlayer,
  clockText,
  english,
  outcomeOf,
  preloadPlayer,
  QuotaBar,
  type TrimTarget,
  useClip,
  useMe,
  useReplay,
  useValue,
} from "@livekit-replay/react";
import { lazy, type ReactElement, Suspense, useEffect } from "react";
import { hrefOf, useOpenedClip } from "./address.ts";

const Trim = lazy(async () => ({ default: (await import("./trim.tsx")).Trim }));

/** What is trimmed at this moment. */
export interface ClipsProps {
  readonly target: TrimTarget | undefined;
  readonly onTrim: (target: TrimTarget | undefined) => void;
}

const outcome = ({ state, sessionStartedAtMs }: Capture): string => {
  if (state.is !== "kept") return "";
  const { text, values, reason } = outcomeOf(state.clip, sessionStartedAtMs);
  return english(text, { ...values, reason: reason === undefined ? "" : english(reason, {}) });
};

const JustKept = ({ capture }: { readonly capture: Capture }): ReactElement => {
  const { state, requestedMs } = capture;
  if (state.is === "failed") {
    const why = state.error instanceof Error ? state.error.message : "";
    return <p role="alert">{`The last ${clockText(requestedMs)} could not be kept. ${why}`}</p>;
  }
  return (
    <section aria-label="Just kept">
      <h2>Just kept</h2>
      <ClipPlayer clip={state.is === "kept" ? state.clip : null} waiting={`Keeping ${clockText(requestedMs)}…`} autoplay muted />
      {state.is === "kept" && <p className="clips-outcome">{outcome(capture)}</p>}
    </section>
  );
};

const Opened = ({ clipId, onTrim }: { readonly clipId: string } & Pick<ClipsProps, "onTrim">): ReactElement => {
  const { client } = useReplay();
  const { data: clip, isError } = useClip(clipId);
  return (
    <section aria-label="Clip">
      <p>
        <a href="#clips">All clips</a>
      </p>
      {isError && <p role="alert">There is no such clip here.</p>}
      {clip !== undefined && (
        <>
          <h2>{clip.title}</h2>
          <ClipPlayer clip={clip} autoplay />
          <p className="clips-actions">
            <button className="lk-button" type="button" onClick={() => onTrim(clip)}>
              Trim
            </button>
            <a className="lk-button" href={client.link(clip.links.download)} download>
              Download
            </a>
          </p>
        </>
      )}
    </section>
  );
};

const Library = (): ReactElement => {
  const { captures } = useReplay();
  const [latest] = useValue(captures.value);
  const quota = useMe().data?.quota;
  return (
    <>
      {latest !== undefined && <JustKept key={latest.key} capture={latest} />}
      <h2>My clips</h2>
      <ClipLibrary hrefOf={({ id }) => hrefOf(id)} pageSize={12} />
      {quota !== undefined && <QuotaBar quota={quota} />}
    </>
  );
};

/** The column. */
export const Clips = ({ target, onTrim }: ClipsProps): ReactElement => {
  const opened = useOpenedClip();
  useEffect(() => {
    // The first clip must not wait for the player's code. A failure shows itself when the player is needed.
    preloadPlayer().catch(() => undefined);
  }, []);
  return (
    <aside className="clips" aria-label="Clips">
      {target !== undefined && (
        <Suspense fallback={<p role="status">Loading…</p>}>
          <Trim target={target} onDone={() => onTrim(undefined)} />
        </Suspense>
      )}
      {target === undefined && opened !== null && <Opened key={opened} clipId={opened} onTrim={onTrim} />}
      {target === undefined && opened === null && <Library />}
    </aside>
  );
};
