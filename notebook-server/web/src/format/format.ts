/** How the page words numbers: durations, sizes, times, counts. The shell words them alike. */

/** `1.2 s`, `1 m 12 s`, `2 h 5 m`, `3 d 4 h`; below a second in milliseconds. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "";
  const clean = Math.max(0, ms);
  if (clean < 999.5) return `${Math.round(clean)} ms`;
  const seconds = clean / 1000;
  if (seconds < 59.95) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor((whole % 86_400) / 3600), "h"],
    [Math.floor((whole % 3600) / 60), "m"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** `96 B`, `1.1 MB`, `214 kB`: powers of a thousand, as the shell and disks count. */
export function size(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "";
  let unit = 0;
  let amount = bytes;
  while (amount >= 999.5 && unit + 1 < UNITS.length) {
    amount /= 1000;
    unit += 1;
  }
  if (unit === 0) return `${bytes} B`;
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[unit]}`;
}

/** `39,895`. */
export function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 task`, `1,041 tasks`. */
export function count(amount: number, thing: string, many = `${thing}s`): string {
  return `${number(amount)} ${amount === 1 ? thing : many}`;
}

/** How long ago, in the largest unit that says enough: `just now`, `3 min ago`, `2 days ago`. */
export function ago(time: string | null | undefined, now: number): string {
  if (!time) return "";
  const seconds = (now - Date.parse(time)) / 1000;
  if (Number.isNaN(seconds)) return time;
  // Clocks of two machines differ: the near future is now.
  if (seconds < 10) return "just now";
  if (seconds < 59.5) return `${Math.round(seconds)} s ago`;
  if (seconds < 3570) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 84_600) return `${Math.round(seconds / 3600)} h ago`;
  const days = Math.round(seconds / 86_400);
  if (days === 1) return "yesterday";
  if (days < 31) return `${days} days ago`;
  return date(time);
}

const two = (value: number) => String(value).padStart(2, "0");

/** `2026-11-22`, where the reader is. */
export function date(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** `09:41:07`, where the reader is. */
export function clock(time: string | null | undefined): string {
  if (!time) return "";
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `2026-11-22 09:41:07`: the whole time, for a tooltip. */
export function moment(time: string | null | undefined): string {
  return time ? `${date(time)} ${clock(time)}` : "";
}

/** `8f2c9a` of `20261122T101512345-8f2c9a`: what people tell two runs of a day apart by. */
export function shortRun(run: string): string {
  const cut = run.lastIndexOf("-");
  return cut > 0 && cut < run.length - 1 ? run.slice(cut + 1) : run;
}

/** `b3:41c9…`: enough of a digest to recognise it. */
export function shortDigest(digest: string): string {
  return digest.length > 12 ? `${digest.slice(0, 8)}…` : digest;
}

/** A JSON value on one line: texts without quotes, long ones cut. */
export function value(given: unknown, longest = 60): string {
  const text = typeof given === "string" ? given : (JSON.stringify(given) ?? "");
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** A metric: four significant digits, and no more of them than there are. */
export function metric(given: unknown): string {
  if (typeof given !== "number") return value(given);
  if (Number.isInteger(given)) return number(given);
  const size = Math.abs(given);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return given.toExponential(3);
  return given.toLocaleString("en-US", { maximumSignificantDigits: 4 });
}

/** What the page adds to a command line that it starts, to learn the run's id. */
const OWN = "--run-id-file";

/** A command line as people type it: `flownote run flow.py`, without what the shell found for it. */
export function command(words: string[]): string {
  const typed = bare(words).filter(
    (word, at, all) => word !== OWN && all[at - 1] !== OWN && !word.startsWith(`${OWN}=`),
  );
  return typed.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))).join(" ");
}

/** Without the Python that ran it, where that is Flownote: `python -m flownote run`. */
function bare(words: string[]): string[] {
  const isFlownote = (word: string | undefined) =>
    /(^|\/)flownote(\/__main__\.py)?$/.test(word ?? "");
  const at = [0, 1, 2].find((place) => isFlownote(words[place])) ?? -1;
  const isOurs = at < 2 || words[1] === "-m";
  return at >= 0 && isOurs ? ["flownote", ...words.slice(at + 1)] : words;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The last part of a path: `flow.py`. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** `42 %`. */
export function percent(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((100 * part) / whole)} %` : "";
}
