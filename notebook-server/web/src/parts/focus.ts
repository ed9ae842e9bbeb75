/** Moves the focus to a row of a list that builds only what is seen. */

/** At once when the row is there, else when it has come into being. */
export function focusIn(box: HTMLElement | null, selector: string): void {
  const at = box?.querySelector<HTMLElement>(selector);
  if (at) at.focus();
  else requestAnimationFrame(() => box?.querySelector<HTMLElement>(selector)?.focus());
}
