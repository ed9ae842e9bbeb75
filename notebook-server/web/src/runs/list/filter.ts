/** What the list of runs is narrowed to: kept in the address, written as words or by menus. */
import type { RunQuery } from "../../api/runs.ts";
import type { RunState } from "../../api/types.ts";

export const STATES: RunState[] = [
  "running",
  "open",
  "succeeded",
  "failed",
  "cancelled",
  "interrupted",
];

/** Spans of time that the menu offers, newest first. */
export const SPANS = [
  { id: "1h", title: "last hour", ms: 3_600_000 },
  { id: "24h", title: "last 24 hours", ms: 86_400_000 },
  { id: "7d", title: "last 7 days", ms: 7 * 86_400_000 },
  { id: "30d", title: "last 30 days", ms: 30 * 86_400_000 },
] as const;

export interface Filter {
  text: string;
  status: RunState[];
  tags: string[];
  user: string;
  /** A span (`7d`) or a day (`2026-11-20`). */
  since: string;
  /** A day, included. */
  until: string;
  /** `alpha=0.3`, `alpha>0.5`. */
  parameters: string[];
}

export const NO_FILTER: Filter = {
  text: "",
  status: [],
  tags: [],
  user: "",
  since: "",
  until: "",
  parameters: [],
};

export function isEmpty(filter: Filter): boolean {
  return toParams(filter).toString() === "";
}

/** As it stands in the address. */
export function toParams(filter: Filter): URLSearchParams {
  const params = new URLSearchParams();
  if (filter.text) params.set("text", filter.text);
  for (const one of filter.status) params.append("status", one);
  for (const one of filter.tags) params.append("tag", one);
  if (filter.user) params.set("user", filter.user);
  if (filter.since) params.set("since", filter.since);
  if (filter.until) params.set("until", filter.until);
  for (const one of filter.parameters) params.append("parameter", one);
  return params;
}

export function fromParams(params: URLSearchParams): Filter {
  const isState = (text: string): text is RunState => (STATES as string[]).includes(text);
  return {
    text: params.get("text") ?? "",
    status: params.getAll("status").filter(isState),
    tags: params.getAll("tag"),
    user: params.get("user") ?? "",
    since: params.get("since") ?? "",
    until: params.get("until") ?? "",
    parameters: params.getAll("parameter").filter((text) => /[=<>]/.test(text)),
  };
}

/** As the server is asked. Days begin and end where the reader is. */
export function toQuery(filter: Filter, flow: string | null, now: number): RunQuery {
  return {
    flow,
    text: filter.text || null,
    status: filter.status,
    tag: filter.tags,
    user: filter.user || null,
    since: instant(filter.since, now, 0),
    until: instant(filter.until, now, 1),
    parameter: filter.parameters,
  };
}

function instant(text: string, now: number, daysLater: number): string | null {
  if (!text) return null;
  const span = SPANS.find((one) => one.id === text);
  if (span) return new Date(now - span.ms).toISOString();
  const [year, month, day] = text.split("-").map(Number);
  if (!year || !month || !day) return null;
  return new Date(year, month - 1, day + daysLater).toISOString();
}

const TIME = /^(since|until):(.+)$/;

/** Whether a text has a time in it: one that is half typed would be another. */
export function hasTime(typed: string): boolean {
  return /(^|\s)(since|until):/.test(typed);
}

/**
 * Reads what was typed into the search. Times are taken out, since a day begins where the
 * reader is; what other words mean the server knows.
 */
export function read(typed: string, filter: Filter): Filter {
  const next: Filter = { ...filter };
  const words: string[] = [];
  for (const word of typed.trim().split(/\s+/)) {
    const [, name, value] = TIME.exec(word) ?? [];
    if (name === "since" && value) next.since = value;
    else if (name === "until" && value) next.until = value;
    else words.push(word);
  }
  next.text = words.join(" ");
  return next;
}

export function add<T>(list: T[], one: T): T[] {
  return list.includes(one) ? list : [...list, one];
}

export function toggle<T>(list: T[], one: T): T[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}
