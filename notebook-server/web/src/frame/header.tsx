/** The header: the four places, the look, the palette; and whether the server answers. */
import { connected } from "../api/client.ts";
import { Icon } from "../parts/icon.tsx";
import { href, segments } from "../router.ts";
import { me } from "../state/me.ts";
import { type Theme, theme } from "../state/theme.ts";
import { paletteOpen } from "./palette.tsx";

export const PLACES = [
  { id: "notebooks", title: "Notebooks" },
  { id: "runs", title: "Runs" },
  { id: "data", title: "Data" },
  { id: "health", title: "Health" },
] as const;

/** The place that a path belongs to: comparing runs is a part of Runs. */
export function placeOf(first: string | undefined): string {
  return first === "compare" || first === undefined ? "runs" : first;
}

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const THEME_ICON = { system: "system", light: "sun", dark: "moon" } as const;

export function Header() {
  const place = placeOf(segments.value[0]);
  return (
    <header class="top">
      <a class="brand" href={href("/runs")} aria-label="Flownote">
        <span>flow</span>
        <i>note</i>
        <Mark />
      </a>
      <nav class="places" aria-label="Places">
        {PLACES.map(({ id, title }) => (
          <a key={id} href={href(`/${id}`)} aria-current={place === id ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <span class="grow" />
      <div class="tools">
        <Connection />
        {me.value && (
          <span class="who cut" title={`${me.value.store} · Flownote ${me.value.version}`}>
            {me.value.user} · {me.value.store}
          </span>
        )}
        <button
          type="button"
          class="btn quiet"
          onClick={() => {
            paletteOpen.value = true;
          }}
        >
          <Icon name="search" size={14} />
          <span class="aloud">Commands</span>
          <kbd>Ctrl K</kbd>
        </button>
        <button
          type="button"
          class="btn quiet icon"
          aria-label={`Theme: ${theme.value}. Change to ${NEXT[theme.value]}`}
          title={`Theme: ${theme.value}`}
          onClick={() => {
            theme.value = NEXT[theme.value];
          }}
        >
          <Icon name={THEME_ICON[theme.value]} />
        </button>
      </div>
    </header>
  );
}

/** The name where there is no room for it. */
function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <g fill="none" stroke="var(--accent)" stroke-width="1.8">
        <path d="M5 6h3.4c3.4 0 3.4 10 7.6 10M8 6h8" />
      </g>
      <g fill="var(--accent)">
        <circle cx="4.6" cy="6" r="2.6" />
        <circle cx="17.2" cy="6" r="2.6" />
        <path d="m17.2 12.6 3.2 3.2-3.2 3.2-3.2-3.2z" />
      </g>
    </svg>
  );
}

/** Says when the server is gone; silent while all is well. */
function Connection() {
  return (
    <span role="status">
      {!connected.value && (
        <span class="state tone-fail">
          <Icon name="alert" size={13} /> server gone
        </span>
      )}
    </span>
  );
}
