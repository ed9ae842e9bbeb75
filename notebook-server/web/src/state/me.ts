/** Who looks, at which store. */
import { signal } from "@preact/signals";
import { address, get } from "../api/client.ts";
import type { Me } from "../api/types.ts";

export const me = signal<Me | null>(null);

/** Asks once, at the start; a page without an answer still works and says what fails. */
export async function loadMe(): Promise<void> {
  try {
    me.value = await get<Me>(address("me"));
  } catch {
    // Whatever is looked at next says why the server doesn't answer.
  }
}
