/** Catches a failure of a view, so that the rest of the page (and a running share) goes on. */
import { Component, type ReactElement, type ReactNode } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { Failure } from "./notice.js";

const Crash = ({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }): ReactElement => {
  const say = useSay();
  return <Failure title={say(words.crashed)} error={error} onRetry={onRetry} />;
};

interface State {
  readonly failed: boolean;
  readonly error: unknown;
}

/** Around what may fail. */
export class Boundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { failed: false, error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { failed: true, error };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return <Crash error={this.state.error} onRetry={() => this.setState({ failed: false, error: undefined })} />;
  }
}
