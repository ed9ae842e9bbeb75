/** What a run is started with: a field for each parameter, with the values that it has now. */
import { useSignal } from "@preact/signals";
import { asProblem, type ProblemText } from "../../api/problem.ts";
import { useResource } from "../../api/resource.ts";
import type { FormField, ParameterForm } from "../../api/types.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { tagsOf } from "./tag-words.ts";

/** What was typed: only what differs from what a parameter has anyway. */
export interface Filled {
  parameters: Record<string, string>;
  tags: string[];
  reuse: boolean;
}

interface Props {
  title: string;
  /** What the form is about, in a sentence. */
  text: string;
  verb: string;
  /** Tells forms apart: it is loaded anew for another. */
  about: string;
  load: (signal: AbortSignal) => Promise<ParameterForm>;
  /** Tags and the cache are asked for, too. */
  more?: boolean;
  start: (filled: Filled) => Promise<void>;
  close: () => void;
}

/** What is typed must be of these forms; the server says the rest. */
const PATTERN: Record<string, string> = {
  int: "\\s*[+\\-]?[0-9]+\\s*",
  float: "\\s*[+\\-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+\\-]?[0-9]+)?\\s*",
};

const KIND: Record<string, string> = {
  str: "text",
  int: "whole number",
  float: "number",
  bool: "yes or no",
  json: "JSON",
  file: "path of a file",
  expression: "set by code",
};

export function ParametersForm({
  title,
  text,
  verb,
  about,
  load,
  more = false,
  start,
  close,
}: Props) {
  const form = useResource(about, load);
  const typed = useSignal<Record<string, string>>({});
  const tags = useSignal("");
  const reuse = useSignal(false);
  const problem = useSignal<ProblemText | null>(null);
  const busy = useSignal(false);
  const fields = form.value.value?.fields;
  const submit = async (event: Event) => {
    event.preventDefault();
    busy.value = true;
    problem.value = null;
    try {
      await start({
        parameters: changed(fields ?? [], typed.peek()),
        tags: tagsOf(tags.peek()),
        reuse: reuse.peek(),
      });
      close();
    } catch (error) {
      problem.value = asProblem(error);
    }
    busy.value = false;
  };
  return (
    <Dialog title={title} close={close}>
      <form class="stack parameters-form" onSubmit={submit}>
        <p class="dim">{text}</p>
        {form.problem.value && <ProblemNote problem={form.problem.value} again={form.refresh} />}
        {!fields && !form.problem.value && <Skeleton lines={3} label="looking for parameters" />}
        {fields?.length === 0 && (
          <p class="dim none">
            It has no parameters
            {more && (
              <>
                : tag a cell <code>parameters</code>, and what it sets is asked for here
              </>
            )}
            .
          </p>
        )}
        {fields?.map((field) => (
          <Field
            key={field.name}
            field={field}
            value={typed.value[field.name] ?? field.value ?? ""}
            set={(value) => {
              typed.value = { ...typed.peek(), [field.name]: value };
            }}
          />
        ))}
        {more && (
          <>
            <label class="stack">
              <span class="dim">Tags of the run, with commas between them</span>
              <input
                class="field"
                placeholder="nightly, for the board"
                spellcheck={false}
                value={tags.value}
                onInput={(event) => {
                  tags.value = event.currentTarget.value;
                }}
              />
            </label>
            <label class="line">
              <input
                type="checkbox"
                checked={reuse.value}
                onChange={(event) => {
                  reuse.value = event.currentTarget.checked;
                }}
              />
              Take results of cells that were computed before
            </label>
          </>
        )}
        {problem.value && <ProblemNote problem={problem.value} />}
        <div class="line dialog-buttons">
          <span class="grow" />
          <button type="button" class="btn" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="btn primary" disabled={busy.value || !fields}>
            {busy.value ? "Starting…" : verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The values that aren't what the parameters have anyway. */
export function changed(
  fields: FormField[],
  typed: Record<string, string>,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, value } of fields) {
    const now = typed[name];
    if (now !== undefined && now !== (value ?? "")) found[name] = now;
  }
  return found;
}

interface FieldProps {
  field: FormField;
  value: string;
  set: (value: string) => void;
}

function Field({ field, value, set }: FieldProps) {
  const { name, kind, required, help } = field;
  const id = `parameter-${name}`;
  return (
    <div class="stack parameter">
      <label class="line" for={id}>
        <span class="mono">{name}</span>
        <span class="faint">{KIND[kind] ?? kind}</span>
      </label>
      {kind === "bool" ? (
        <select
          id={id}
          class="field"
          value={value}
          onChange={(event) => set(event.currentTarget.value)}
        >
          {value !== "True" && value !== "False" && <option value={value}>{value}</option>}
          <option value="True">True</option>
          <option value="False">False</option>
        </select>
      ) : (
        <input
          id={id}
          class={`field ${kind === "str" ? "" : "mono"}`}
          spellcheck={false}
          autocomplete="off"
          inputMode={kind === "int" || kind === "float" ? "decimal" : undefined}
          required={required || kind === "int" || kind === "float"}
          pattern={PATTERN[kind]}
          title={PATTERN[kind] ? `a ${KIND[kind]}` : undefined}
          value={value}
          aria-describedby={help ? `${id}-help` : undefined}
          onInput={(event) => set(event.currentTarget.value)}
        />
      )}
      {help && (
        <span id={`${id}-help`} class="dim">
          {help}
        </span>
      )}
    </div>
  );
}
