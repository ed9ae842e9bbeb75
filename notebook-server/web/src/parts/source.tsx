/** Code to read: numbered lines, some of them marked. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { lines } from "./highlight.ts";

interface Props {
  text: string;
  path: string;
  /** Where the path doesn't tell. */
  language?: string | null;
  /** First and last line, from 1, of what matters. */
  mark?: readonly [number, number] | null;
  /** Lines at which something failed. */
  failed?: number[];
  /** The number of the first line. */
  first?: number;
  label: string;
}

const ENDING: Record<string, string> = { python: "py" };

export function Source({
  text,
  path,
  language = null,
  mark = null,
  failed = [],
  first = 1,
  label,
}: Props) {
  const box = useRef<HTMLPreElement>(null);
  const rows = useMemo(
    () => lines(text.replace(/\n$/, ""), language ? `.${ENDING[language] ?? language}` : path),
    [text, path, language],
  );
  useEffect(() => {
    const line = failed[0] ?? mark?.[0];
    const at = line ? (box.current?.children[line - first] as HTMLElement | undefined) : undefined;
    // Only the box scrolls, never the page around it.
    if (at && box.current) box.current.scrollTop = at.offsetTop - box.current.offsetTop - 60;
  }, [text, mark?.[0], failed[0]]);
  return (
    <pre ref={box} class="source" tabIndex={0} role="region" aria-label={label}>
      {rows.map((row, at) => {
        const number = at + first;
        const isMarked = mark !== null && number >= mark[0] && number <= mark[1];
        const kind = failed.includes(number) ? "fail" : isMarked ? "mark" : "";
        return (
          <span key={number} class={`l ${kind}`}>
            <span class="n">{number}</span>
            {row.map((token, place) =>
              token.kind ? (
                <span key={place} class={token.kind}>
                  {token.text}
                </span>
              ) : (
                token.text
              ),
            )}
            {"\n"}
          </span>
        );
      })}
    </pre>
  );
}
