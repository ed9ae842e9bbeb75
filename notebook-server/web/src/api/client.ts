/** Asks the server: JSON in, JSON out, failures as `Problem`s. */
import { signal } from "@preact/signals";
import { base } from "../router.ts";
import { problemOf, unreachable } from "./problem.ts";

/** Whether the server answered the last request. The header says so when it didn't. */
export const connected = signal(true);

/** The address of a resource: `address("api", "runs", flow)`, each part encoded. */
export function address(...parts: string[]): string {
  return `${base}/api/${parts.map(encodeURIComponent).join("/")}`;
}

/** An address with a query; what is null, undefined or "" is left out. */
export function withQuery(
  to: string,
  query: Record<string, string | number | null | undefined | string[]>,
): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    if (Array.isArray(value)) for (const one of value) text.append(name, one);
    else text.append(name, String(value));
  }
  const written = text.toString();
  return written ? `${to}?${written}` : to;
}

async function ask<T>(to: string, options: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(to, { credentials: "same-origin", ...options });
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    connected.value = false;
    throw unreachable();
  }
  connected.value = true;
  const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
  const body: unknown = isJson ? await answer.json() : null;
  if (!answer.ok) throw problemOf(answer.status, body);
  return body as T;
}

export function get<T>(to: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(to, signal ? { signal } : {});
}

export function post<T>(to: string, body: unknown): Promise<T> {
  return postWith<T>(to, body);
}

/** The same, with a way to end it. */
export function postWith<T>(to: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return ask<T>(to, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
}
