/** Light, dark, or as the system says: chosen once, remembered. */
import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const KEY = "flownote.theme";

function stored(): Theme {
  try {
    const found = localStorage.getItem(KEY);
    return found === "light" || found === "dark" ? found : "system";
  } catch {
    return "system";
  }
}

export const theme = signal<Theme>(stored());
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(systemDark.matches);
systemDark.addEventListener("change", (event) => {
  systemIsDark.value = event.matches;
});

/** Counts the changes of look: what paints on a canvas paints again. */
export const looks = signal(0);

/** Keeps the document's theme as chosen. public/theme.js did so before the first paint. */
export function startTheme(): void {
  effect(() => {
    const dark = theme.value === "dark" || (theme.value === "system" && systemIsDark.value);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    looks.value = looks.peek() + 1;
    try {
      if (theme.value === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme.value);
    } catch {
      // Storage may be refused; the choice then lasts as long as the page.
    }
  });
}
