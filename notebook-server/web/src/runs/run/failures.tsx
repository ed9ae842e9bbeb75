/** What failed, first of all: the first failure whole, the others by name. */
import type { RunDetail } from "../../api/types.ts";
import { number } from "../../format/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { href, to } from "../../router.ts";
import { FailureNote } from "../shared/failure.tsx";

export function Failures({ detail }: { detail: RunDetail }) {
  const [first, ...others] = detail.failures;
  if (!first?.error) return null;
  const { flow, run, tasks } = detail.row;
  const unnamed = tasks.failed - detail.failures.length;
  const link = (step: string, task: string) => href(to("runs", flow, run, step, task));
  return (
    <div class="failure">
      <FailureNote
        error={first.error}
        label={
          <a class="plain" href={link(first.step, first.task)}>
            <b>{first.label}</b>
          </a>
        }
      >
        {others.length > 0 && (
          <p class="others dim">
            also failed:{" "}
            {others.map((task) => (
              <a
                key={task.label}
                class="link mono"
                href={link(task.step, task.task)}
                title={task.error ? `${task.error.name}: ${task.error.message}` : undefined}
              >
                {task.label}
              </a>
            ))}
            {unnamed > 0 && <span>and {number(unnamed)} more</span>}
          </p>
        )}
      </FailureNote>
    </div>
  );
}

/** Which records can't be read: the rest of the page is as it is without them. */
export function Damage({ detail }: { detail: RunDetail }) {
  if (detail.damage.length === 0) return null;
  return (
    <div class="problem warn" role="note">
      <Icon name="alert" />
      <div class="grow">
        <p class="what">Some records of this run can't be read</p>
        {detail.damage.map((said) => (
          <p key={said} class="where">
            {said}
          </p>
        ))}
      </div>
    </div>
  );
}
