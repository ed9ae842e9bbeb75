/** A fault of the page itself is shown where it happened, and the rest stands. */
import { Component, type ComponentChildren } from "preact";
import { asProblem } from "../api/problem.ts";
import { ProblemNote } from "../parts/notice.tsx";

interface State {
  error: unknown;
}

export class Boundary extends Component<{ children: ComponentChildren }, State> {
  override state: State = { error: null };

  static override getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    const { what } = asProblem(this.state.error);
    return (
      <main class="page" id="main">
        <ProblemNote
          problem={{
            what: `the page failed: ${what}`,
            where: null,
            hint: "nothing is lost: reload the page; the browser's console has the details",
          }}
          again={() => this.setState({ error: null })}
        />
      </main>
    );
  }
}
