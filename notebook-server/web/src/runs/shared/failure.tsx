/** Why a task failed: the exception, where, what to do, and the frames with their lines. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Frame, TaskError } from "../../api/types.ts";
import { count, fileName } from "../../format/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { Words } from "../../parts/words.tsx";

/** The last frame in user code is where people look first. */
export function placeOf(frames: Frame[]): string | null {
  const last = frames.at(-1);
  return last ? `${fileName(last.file)}:${last.line} in ${last.function}` : null;
}

interface Props {
  error: TaskError;
  caught?: boolean;
  label?: ComponentChildren;
  children?: ComponentChildren;
}

export function FailureNote({ error, caught = false, label, children }: Props) {
  const open = useSignal(false);
  const hasMore = error.frames.length > 0 || error.traceback !== null;
  const place = placeOf(error.frames);
  return (
    <div class={`problem ${caught ? "warn" : ""}`}>
      <Icon name="alert" />
      <div class="grow">
        {label && <p class="dim label">{label}</p>}
        <p class="what">
          {error.name}
          {error.message && (
            <>
              : <Words text={error.message} />
            </>
          )}
        </p>
        {place && (
          <p class="where" title={error.frames.at(-1)?.file}>
            {place}
          </p>
        )}
        {error.hint && (
          <p class="hint">
            hint: <Words text={error.hint} />
          </p>
        )}
        {caught && (
          <p class="hint">
            <code>@catch</code> turned this into a value: the task committed.
          </p>
        )}
        {hasMore && (
          <button
            type="button"
            class="btn quiet small more"
            aria-expanded={open.value}
            onClick={() => {
              open.value = !open.value;
            }}
          >
            <Icon name={open.value ? "down" : "forward"} size={12} /> Traceback
          </button>
        )}
        {open.value && <Traceback error={error} />}
        {children}
      </div>
    </div>
  );
}

function Traceback({ error }: { error: TaskError }) {
  if (error.frames.length === 0) return <pre class="traceback">{error.traceback}</pre>;
  return (
    <ol class="frames">
      {error.frames.map((frame, at) => (
        <li key={at}>
          <span class="dim">
            {frame.file}:{frame.line} in {frame.function}
          </span>
          {frame.text && <code>{frame.text}</code>}
          {frame.repeated > 0 && (
            <span class="dim">repeated {count(frame.repeated, "more time")}</span>
          )}
        </li>
      ))}
    </ol>
  );
}
