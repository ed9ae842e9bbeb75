/** Where the page is: the address bar as a signal, and how places are gone to. */
import { batch, computed, signal } from "@preact/signals";

/**
 * The path below which this page is served ("" or "/x"), with no slash at its end.
 *
 * Found from the script's own address, so that one build serves under any `--base-url`.
 */
export const base = findBase(import.meta.url, import.meta.env.DEV);

export function findBase(script: string, dev: boolean): string {
  if (dev) return "";
  const path = new URL(script).pathname;
  const cut = path.lastIndexOf("/assets/");
  return cut < 0 ? "" : path.slice(0, cut);
}

const inBrowser = typeof location !== "undefined";

/** The path below the base, decoded by `segments`; always begins with a slash. */
export const path = signal(inBrowser ? strip(location.pathname) : "/");
/** The query, as it stands in the address. */
export const query = signal(inBrowser ? location.search : "");

/** The path's parts: `/runs/Flow/run` → `["runs", "Flow", "run"]`. */
export const segments = computed(() => path.value.split("/").filter(Boolean).map(decode));
/** The query's parameters. Read only; change them with `setQuery`. */
export const params = computed(() => new URLSearchParams(query.value));

function strip(pathname: string): string {
  const below = pathname.startsWith(base) ? pathname.slice(base.length) : pathname;
  return below.startsWith("/") ? below : `/${below}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An address in the page, each segment encoded: `to("runs", flow, run)`. */
export function to(...parts: string[]): string {
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

/** What stands in a link's `href` for an address of the page. */
export function href(address: string): string {
  return base + address;
}

/** Goes to an address of the page (`/runs/Flow?status=failed`). */
export function go(address: string, how: "push" | "replace" = "push"): void {
  const url = new URL(address, location.origin);
  if (how === "push") history.pushState(null, "", base + url.pathname + url.search);
  else history.replaceState(null, "", base + url.pathname + url.search);
  read(url.pathname, url.search);
}

/** How many places were gone to: none as long as the page shows what it was opened with. */
export let visits = 0;

function read(pathname: string, search: string): void {
  if (pathname !== path.peek()) visits += 1;
  batch(() => {
    path.value = pathname;
    query.value = search;
  });
}

/** Changes some of the query's parameters; null and "" take one away. */
export function setQuery(
  changes: Record<string, string | null>,
  how: "push" | "replace" = "replace",
): void {
  const next = new URLSearchParams(query.peek());
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  go(path.peek() + (text ? `?${text}` : ""), how);
}

/** Whether a click is for the page rather than for the browser (new tab, download…). */
function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** Follows links inside the page without loading it anew. Called once, at the start. */
export function startRouter(): void {
  addEventListener("popstate", () => read(strip(location.pathname), location.search));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || !isPlain(event)) return;
    const link = (event.target as Element).closest?.("a");
    if (!link || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || !url.pathname.startsWith(`${base}/`)) return;
    // What the server itself answers is not a place of the page.
    if (/^\/(api|login|logout)(\/|$)/.test(strip(url.pathname))) return;
    if (url.hash && url.pathname === location.pathname) return;
    event.preventDefault();
    go(strip(url.pathname) + url.search);
  });
}
