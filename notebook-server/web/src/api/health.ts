/** How the store and the machine stand. */
import { address, get } from "./client.ts";
import type { Health } from "./types.ts";

export function health(signal?: AbortSignal): Promise<Health> {
  return get(address("health"), signal);
}
