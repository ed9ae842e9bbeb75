/** A task of the store as a link: `Flow/run/step/task`, shortened for people. */
import { shortRun } from "../../format/format.ts";
import { href, to } from "../../router.ts";

/** The place of the page that shows a pathspec of a task, or of an artifact of one. */
export function taskAddress(pathspec: string): string {
  const [flow = "", run = "", step, task, artifact] = pathspec.split("/");
  if (!step || !task) return to("runs", flow, run);
  const address = to("runs", flow, run, step, task);
  return artifact ? `${address}?tab=artifacts&artifact=${encodeURIComponent(artifact)}` : address;
}

interface Props {
  pathspec: string;
  /** The run in which the link stands: its own tasks need no flow and run. */
  within?: string;
  /** What people call it, where that is known: `train[11]`. */
  label?: string;
}

export function TaskLink({ pathspec, within, label }: Props) {
  const [flow = "", run = "", step = "", task = "", artifact] = pathspec.split("/");
  const own = `${flow}/${run}` === within;
  const where = label ?? (step ? `${step}${task && task !== "0" ? `/${task}` : ""}` : "");
  const parts = [own ? "" : `${flow}/${shortRun(run)}`, where, artifact ?? ""].filter(Boolean);
  return (
    <a class="plain mono" href={href(taskAddress(pathspec))} title={pathspec}>
      {parts.join("/")}
    </a>
  );
}
