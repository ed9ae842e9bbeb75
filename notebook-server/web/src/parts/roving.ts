/** Which item a key goes to: arrows, Home, End, a page up and down, j and k. */

const PAGE = 20;

/** The index to go to from `at`, or null when the key means something else. */
export function nextIndex(
  key: string,
  at: number,
  length: number,
  way: "vertical" | "horizontal",
  page = PAGE,
): number | null {
  if (length === 0) return null;
  const [back, forth] = way === "vertical" ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
  const clamp = (index: number) => Math.max(0, Math.min(length - 1, index));
  if (key === back || (way === "vertical" && key === "k")) return clamp(at - 1);
  if (key === forth || (way === "vertical" && key === "j")) return clamp(at + 1);
  if (key === "Home") return 0;
  if (key === "End") return length - 1;
  if (way === "vertical" && key === "PageUp") return clamp(at - page);
  if (way === "vertical" && key === "PageDown") return clamp(at + page);
  return null;
}
