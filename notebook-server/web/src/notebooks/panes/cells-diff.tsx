/** How cells differ between two states of a notebook: told by signs and words. */
import type { CellDifference, Hunk, Line } from "../../api/notebook.ts";
import { LanguageBadge } from "../cell/language.tsx";

const SIGN = { same: " ", added: "+", removed: "−" } as const;
const KIND = { same: "", added: "plus", removed: "minus" } as const;

export function CellsDiff({ cells }: { cells: readonly CellDifference[] }) {
  return (
    <div class="stack">
      <p class="dim">Places count all cells, Markdown too.</p>
      {cells.map((cell) => (
        <CellDiff key={`${cell.change} ${cell.cell}`} cell={cell} />
      ))}
    </div>
  );
}

function CellDiff({ cell }: { cell: CellDifference }) {
  const name = `Cell at place ${cell.number}, ${cell.change}`;
  return (
    <section class="card diff" aria-label={name}>
      <header class="line">
        <LanguageBadge language={cell.language} />
        <span>
          {cell.change === "removed" ? "was at place" : "place"} {cell.number}: {wordsOf(cell)}
        </span>
      </header>
      {linesOf(cell).length > 0 && (
        <pre class="source" tabIndex={0} role="region" aria-label={`Text of ${name}`}>
          {linesOf(cell).map((line, at) => (
            <span key={at} class={`l ${KIND[line.kind]}`}>
              <span class="sign">{SIGN[line.kind]}</span>
              {line.text}
              {"\n"}
            </span>
          ))}
        </pre>
      )}
    </section>
  );
}

function wordsOf(cell: CellDifference): string {
  if (cell.change !== "changed") return cell.change;
  const words = [
    cell.hunks ? "text changed" : "",
    cell.moved_from ? `moved from ${cell.moved_from}` : "",
    cell.was_language ? `was ${cell.was_language}` : "",
    cell.metadata ? `${cell.metadata.map(({ key }) => key).join(", ")} changed` : "",
  ];
  return words.filter(Boolean).join(", ") || "changed";
}

function linesOf(cell: CellDifference): Line[] {
  if (cell.change === "changed") return (cell.hunks ?? []).flatMap((hunk: Hunk) => hunk.lines);
  const kind = cell.change;
  return cell.source === "" ? [] : cell.source.split("\n").map((text) => ({ kind, text }));
}
