/** A field to search by, with its sign. What is typed is the caller's signal. */
import type { Signal } from "@preact/signals";
import { Icon } from "./icon.tsx";

interface Props {
  /** What is searched: read aloud, and shown while nothing is typed. */
  label: string;
  placeholder?: string;
  text: Signal<string>;
  class?: string;
  title?: string;
  /** The key `/` leads here. */
  isMain?: boolean;
  autofocus?: boolean;
  keydown?: (event: KeyboardEvent) => void;
}

export function Search({
  label,
  placeholder = label,
  text,
  class: look = "",
  isMain = false,
  keydown,
  ...rest
}: Props) {
  return (
    <div class={`search ${look}`}>
      <Icon name="search" size={14} />
      <input
        class="field"
        type="search"
        {...(isMain ? { "data-search": true } : {})}
        {...rest}
        aria-label={label}
        placeholder={placeholder}
        spellcheck={false}
        autocomplete="off"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          keydown?.(event);
          if (event.key === "Escape" && text.peek() !== "") {
            // The words go first, then whatever the field stands in.
            event.stopPropagation();
            event.preventDefault();
            text.value = "";
          }
        }}
      />
    </div>
  );
}
