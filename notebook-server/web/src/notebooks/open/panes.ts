/** Whether the panes at the sides are open: remembered from visit to visit. */
import { type Signal, signal } from "@preact/signals";

export type Side = "left" | "right";

/** Below this width panes lie over the cells, one at a time, and begin closed. */
const narrow = matchMedia("(max-width: 1100px)");

const key = (side: Side) => `flownote.pane.${side}`;

function wanted(side: Side): boolean {
  try {
    return localStorage.getItem(key(side)) !== "closed";
  } catch {
    // Storage may be refused; the choice then lasts as long as the page.
    return true;
  }
}

export const panes: Record<Side, Signal<boolean>> = {
  left: signal(!narrow.matches && wanted("left")),
  right: signal(!narrow.matches && wanted("right")),
};

narrow.addEventListener("change", () => {
  for (const side of ["left", "right"] as const) {
    panes[side].value = !narrow.matches && wanted(side);
  }
});

export function togglePane(side: Side): void {
  const open = !panes[side].peek();
  panes[side].value = open;
  if (narrow.matches) {
    if (open) panes[side === "left" ? "right" : "left"].value = false;
    return;
  }
  try {
    localStorage.setItem(key(side), open ? "open" : "closed");
  } catch {
    // As above.
  }
}

/** Whoever goes back to the cells wants to see them. */
export function closeOverlays(): void {
  if (!narrow.matches) return;
  panes.left.value = false;
  panes.right.value = false;
}
