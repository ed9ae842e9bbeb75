/** The server's events, come what may: a lost connection is made anew, ever more slowly. */
import { address, connected, get } from "./client.ts";

export interface Listener {
  /** By the event's name: what to do with its data. */
  on: Record<string, (data: unknown) => void>;
  /** The stream stands (again): what was missed meanwhile may be asked for. */
  opened?: () => void;
  /** The server ended the stream: nothing more comes. */
  ended?: () => void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

/** How long to wait before try number `failures` (from 1), with up to a quarter more by chance. */
export function backOff(failures: number, chance: number): number {
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1));
  return Math.round(wait * (1 + chance / 4));
}

/**
 * Listens until the returned function is called, while the page is seen: a browser keeps six
 * connections to a server for all tabs together, and hidden ones must not take them all.
 */
export function listen(to: string, listener: Listener): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let failures = 0;
  let over = false;

  const rest = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const stop = () => {
    over = true;
    document.removeEventListener("visibilitychange", turn);
    rest();
  };
  const turn = () => {
    rest();
    if (!document.hidden && !over) open();
  };

  const open = () => {
    source = new EventSource(to, { withCredentials: true });
    source.onopen = () => {
      failures = 0;
      connected.value = true;
      listener.opened?.();
    };
    // The browser's own retry neither backs off nor tells what was missed.
    source.onerror = () => {
      source?.close();
      if (over || document.hidden) return;
      failures += 1;
      // An event source doesn't say why: asking something small finds out, and shows it.
      get(address("me")).catch(() => undefined);
      timer = window.setTimeout(open, backOff(failures, Math.random()));
    };
    source.addEventListener("end", () => {
      stop();
      listener.ended?.();
    });
    for (const [name, handle] of Object.entries(listener.on)) {
      source.addEventListener(name, (event) => handle(JSON.parse((event as MessageEvent).data)));
    }
  };

  document.addEventListener("visibilitychange", turn);
  if (!document.hidden) open();
  return stop;
}
