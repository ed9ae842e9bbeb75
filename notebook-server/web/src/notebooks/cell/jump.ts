/** Where a jump leads. Cells that are drawn on its way are higher or lower than was thought. */

/** Milliseconds in which cells get their heights. */
const SETTLING = 1500;
/** So many pixels of it are enough to be seen. */
const SEEN = 40;
/** Whoever does one of these goes on from here: nothing moves by itself any more. */
const DEEDS = ["wheel", "touchstart", "pointerdown", "keydown"];

let letGo: (() => void) | null = null;

/** Shows a cell, and keeps it in sight until all around it is drawn or somebody goes elsewhere. */
export function jumpTo(cell: HTMLElement): void {
  letGo?.();
  const list = cell.closest<HTMLElement>(".cells");
  const wasSeen = isSeen(cell);
  cell.scrollIntoView({ block: "nearest" });
  if (wasSeen || !list) return;
  let height = list.offsetHeight;
  const show = () => {
    height = list.offsetHeight;
    if (!isSeen(cell)) cell.scrollIntoView({ block: "nearest" });
  };
  const scrolled = () => {
    // Nothing was drawn: somebody scrolled.
    if (list.offsetHeight === height && !isSeen(cell)) letGo?.();
  };
  const drawn = new ResizeObserver(show);
  const done = new AbortController();
  const options = { capture: true, passive: true, signal: done.signal };
  const end = () => letGo?.();
  const timer = setTimeout(end, SETTLING);
  letGo = () => {
    letGo = null;
    clearTimeout(timer);
    drawn.disconnect();
    done.abort();
  };
  drawn.observe(list);
  addEventListener("scroll", scrolled, options);
  for (const deed of DEEDS) addEventListener(deed, end, options);
}

function isSeen(cell: HTMLElement): boolean {
  const { top, bottom, height } = cell.getBoundingClientRect();
  const enough = Math.min(SEEN, height);
  return bottom >= enough && top <= innerHeight - enough;
}
