/** Which tasks gave a task its inputs, and which were given its results. */
import type { TaskDetail } from "../../api/types.ts";
import { number } from "../../format/format.ts";
import { TaskLink } from "../shared/task-link.tsx";

export function Neighbours({ detail, within }: { detail: TaskDetail; within: string }) {
  return (
    <div class="columns">
      <List
        title="Came from"
        list={detail.parents}
        total={detail.parents_total}
        within={within}
        none="The run begins here."
      />
      <List
        title="Went to"
        list={detail.children}
        total={detail.children_total}
        within={within}
        none="Nothing came after it, as yet."
      />
    </div>
  );
}

interface ListProps {
  title: string;
  list: string[];
  total: number;
  within: string;
  none: string;
}

function List({ title, list, total, within, none }: ListProps) {
  return (
    <section aria-label={title}>
      <h2 class="heading">
        {title}
        {total > 0 && ` (${number(total)})`}
      </h2>
      {list.length === 0 && <p class="dim">{none}</p>}
      <ul class="uses">
        {list.map((pathspec) => (
          <li key={pathspec}>
            <TaskLink pathspec={pathspec} within={within} />
          </li>
        ))}
      </ul>
      {total > list.length && <p class="dim">and {number(total - list.length)} more</p>}
    </section>
  );
}
