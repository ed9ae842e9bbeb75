/** Whose result a task took. */
import type { ReusedFrom } from "../../api/types.ts";
import { Ago } from "../../parts/time.tsx";
import { TaskLink } from "../shared/task-link.tsx";

export function Reused({ from }: { from: ReusedFrom }) {
  return (
    <span class="tone-reused">
      computed by {from.user} in <TaskLink pathspec={from.pathspec} />,{" "}
      <Ago time={from.finished_at} />
    </span>
  );
}
