/** How the store and the machine stand. */
import { address, get, post } from "./client.ts";
import type { Health, Job, KernelRow } from "./types.ts";

export function health(signal?: AbortSignal): Promise<Health> {
  return get(address("health"), signal);
}

/** Begins a check of the whole store. */
export function checkStore(): Promise<Job<unknown, unknown>> {
  return post(address("health", "check"), {});
}

/** Looks what gc would free. */
export function lookAtGc(): Promise<Job<unknown, unknown>> {
  return post(address("health", "gc"), {});
}

export function endKernel(session: string): Promise<KernelRow[]> {
  return post(address("health", "kernels", "end"), { session });
}
