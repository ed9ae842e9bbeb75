/** A run's tags: seen, added, taken away. */
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { changeTags } from "../../api/runs.ts";
import type { RunRow } from "../../api/types.ts";
import { Icon } from "../../parts/icon.tsx";
import { href, to } from "../../router.ts";
import { tell, tellProblem } from "../../state/toasts.ts";
import { tagsOf } from "./tag-words.ts";

interface Props {
  row: RunRow;
  changed: (tags: string[]) => void;
}

export function Tags({ row, changed }: Props) {
  const adding = useSignal(false);
  const box = useRef<HTMLInputElement>(null);
  // It was just asked for: what is typed next goes there, however soon.
  useLayoutEffect(() => {
    if (adding.value) box.current?.focus();
  }, [adding.value]);
  const change = async (add: string[], remove: string[]) => {
    const before = row.tags;
    // Shown at once; taken back when the store refuses.
    changed([
      ...before.filter((tag) => !remove.includes(tag)),
      ...add.filter((tag) => !before.includes(tag)),
    ]);
    try {
      await changeTags(row.flow, row.run, add, remove);
      tell(add.length ? `Tagged ${add.join(", ")}` : `Took the tag ${remove.join(", ")} away`);
    } catch (error) {
      changed(before);
      tellProblem(error);
    }
  };
  const submit = () => {
    // Enter takes the field away, and its going is a blur.
    if (!adding.peek()) return;
    const tags = tagsOf(box.current?.value ?? "");
    adding.value = false;
    if (tags.length) void change(tags, []);
  };
  return (
    <span class="line wrap run-tags" role="group" aria-label="Tags">
      {row.tags.map((tag) => (
        <span key={tag} class="chip">
          <a
            class="plain cut"
            href={href(`${to("runs", row.flow)}?tag=${encodeURIComponent(tag)}`)}
            title={`Runs tagged ${tag}`}
          >
            {tag}
          </a>
          <button
            type="button"
            aria-label={`Remove the tag ${tag}`}
            onClick={() => change([], [tag])}
          >
            ×
          </button>
        </span>
      ))}
      {adding.value ? (
        <input
          ref={box}
          class="field tag-field"
          aria-label="New tag"
          placeholder="tag, another tag"
          title="Commas part tags; Enter adds them"
          onKeyDown={(event) => {
            if (event.key === "Enter") submit();
            else if (event.key === "Escape") adding.value = false;
          }}
          onBlur={submit}
        />
      ) : (
        <button
          type="button"
          class="chip"
          onClick={() => {
            adding.value = true;
          }}
        >
          <Icon name="tag" size={11} /> add a tag
        </button>
      )}
    </span>
  );
}
