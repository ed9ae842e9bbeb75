/** One cell: its bar, its text, what it shows. */
import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { Words } from "../../parts/words.tsx";
import { CellEditor } from "../editor/cell-editor.tsx";
import { finderOf } from "../find/finder.ts";
import type { Desk } from "../model/desk.ts";
import { Outputs } from "../outputs/outputs.tsx";
import { Prose } from "../outputs/prose.tsx";
import { type CellState, isCode, languageTitle } from "../protocol/book.ts";
import { useSource } from "../text/use-source.ts";
import { dragged } from "./drag.ts";
import { InputLine } from "./input.tsx";
import { jumpTo } from "./jump.ts";
import { LanguageMenu } from "./language.tsx";
import { CellMenu } from "./menu.tsx";
import { ownMode } from "./mode.ts";
import { CellNames } from "./names.tsx";
import { LOOKS, moreText, StatusMark, statusName } from "./status.tsx";
import { PARAMETERS, tagsOf } from "./tags.ts";

export function Cell({ desk, id }: { desk: Desk; id: string }) {
  const cell = desk.notebook.cell(id).value;
  if (!cell) return null;
  return <Standing desk={desk} cell={cell} />;
}

function Standing({ desk, cell }: { desk: Desk; cell: CellState }) {
  const { id } = cell;
  const root = useRef<HTMLElement>(null);
  // Computed: the focus of another cell doesn't draw this one anew.
  const isFocused = useComputed(() => desk.focused.value === id).value;
  const isEditing = isFocused && desk.editing.value;
  const isChosen = useComputed(() => {
    const chosen = desk.chosen.value;
    return chosen.length > 1 && chosen.includes(id);
  }).value;
  const hasFirstFocus = useComputed(() => {
    return desk.focused.value === null && desk.order.value[0] === id;
  }).value;
  const number = desk.numbers.value.get(id);
  const place = (desk.positions.value.get(id) ?? 0) + 1;
  const code = isCode(cell.language);
  // What the search shows is shown as text, whatever is folded away.
  const isFound = useComputed(() => finderOf(desk).current.value?.cell === id).value;
  const isOpened = useComputed(() => desk.opened.value.has(id)).value;
  const name = number
    ? `cell ${number}`
    : `${cell.language === "markdown" ? "text" : "raw text"} at place ${place}`;
  const asText = code || cell.language === "raw" || isOpened || isEditing || isFound;
  const folded = foldedOf(cell);

  // The focus was sent here, not into the text.
  const wanted = useComputed(() => {
    const wanted = desk.wanted.value;
    return wanted?.cell === id ? wanted : null;
  }).value;
  useLayoutEffect(() => {
    if (!wanted || wanted.edit) return;
    desk.wanted.value = null;
    root.current?.focus({ preventScroll: true });
    if (root.current) jumpTo(root.current);
  }, [wanted]);
  // A Markdown cell becomes an editor first; the editor itself takes the focus.
  useEffect(() => {
    if (wanted?.edit && root.current) jumpTo(root.current);
  }, [wanted]);

  const classes = [
    "cell",
    code ? "" : "prose-cell",
    isFocused ? "focused" : "",
    isEditing ? "editing" : "",
    isChosen ? "chosen" : "",
    `is-${cell.status.status}`,
  ];
  return (
    <article
      ref={root}
      class={classes.filter(Boolean).join(" ")}
      data-cell={id}
      tabIndex={isFocused || hasFirstFocus ? 0 : -1}
      aria-label={spoken(desk, cell, name)}
      aria-posinset={place}
      aria-setsize={desk.order.value.length}
      aria-current={isFocused ? "true" : undefined}
      onFocusIn={(event) => {
        const inText = (event.target as Element).closest(".cm-content") !== null;
        desk.entered(id, inText);
      }}
      onClick={(event) => {
        if (
          (event.target as Element).closest(
            "button, a, input, select, .cm-editor, .table-box, .grid",
          )
        )
          return;
        if (String(getSelection() ?? "") !== "") return;
        if (event.shiftKey) {
          const from = desk.focused.peek();
          desk.goTo(id);
          desk.anchor.value = from;
        } else if (!root.current?.contains(document.activeElement)) desk.goTo(id);
      }}
    >
      {asText && (
        <div class="bar" {...dragged(desk, id)}>
          <LanguageMenu desk={desk} cell={cell} />
          {code && <StatusMark cell={cell} number={(other) => desk.numbers.value.get(other)} />}
          {code && <OwnMode desk={desk} cell={cell} />}
          <Tags cell={cell} />
          <span class="grow" />
          {code && <CellNames desk={desk} id={id} />}
          {number && (
            <span class="cell-number" title={`The page and messages call it cell ${number}`}>
              {number}
            </span>
          )}
          {code ? (
            <RunButton desk={desk} cell={cell} name={name} />
          ) : (
            <DoneButton desk={desk} id={id} />
          )}
          <CellMenu desk={desk} cell={cell} />
        </div>
      )}
      {asText ? (
        folded.source && !isFound ? (
          <button type="button" class="folded" onClick={() => void desk.fold("source")}>
            <FirstLine desk={desk} id={id} /> …
          </button>
        ) : (
          <CellEditor desk={desk} cell={cell} name={`${languageTitle(cell.language)} of ${name}`} />
        )
      ) : (
        <Rendered desk={desk} cell={cell} />
      )}
      {cell.refused && (
        <p class="refused" role="alert">
          <span class="tone-stale">
            not run: <Words text={cell.refused.message} />
          </span>
          {cell.refused.hint && (
            <span class="dim">
              {" "}
              hint: <Words text={cell.refused.hint} />
            </span>
          )}
        </p>
      )}
      {code && (cell.outputs.length > 0 || cell.input) && (
        <section class="outputs" aria-label={`Output of ${name}`}>
          {folded.outputs ? (
            <button type="button" class="folded" onClick={() => void desk.fold("outputs")}>
              output folded away: show it
            </button>
          ) : (
            <Outputs desk={desk} cell={cell} name={name} />
          )}
          {cell.input && <InputLine key={cell.input.prompt} desk={desk} {...cell.input} />}
        </section>
      )}
    </article>
  );
}

function FirstLine({ desk, id }: { desk: Desk; id: string }) {
  return <>{useSource(desk, id).split("\n")[0] || "empty"}</>;
}

function Rendered({ desk, cell }: { desk: Desk; cell: CellState }) {
  const text = useSource(desk, cell.id);
  return (
    <div class="rendered" onDblClick={() => desk.goTo(cell.id, true)}>
      {text.trim() ? (
        <Prose text={text} attachments={cell.attachments} />
      ) : (
        <p class="faint">Empty text: press Enter to write</p>
      )}
      <div class="rendered-tools">
        <Tags cell={cell} />
        <button type="button" class="btn quiet small" onClick={() => desk.goTo(cell.id, true)}>
          Edit
        </button>
        <CellMenu desk={desk} cell={cell} />
      </div>
    </div>
  );
}

function RunButton({ desk, cell, name }: { desk: Desk; cell: CellState; name: string }) {
  const waits = cell.status.status === "queued";
  if (waits) {
    return (
      <button
        type="button"
        class="btn quiet icon small"
        aria-label={`Don't run ${name}`}
        title="Let it not run after all"
        onClick={() => void desk.cancel(cell.id)}
      >
        <Icon name="close" size={14} />
      </button>
    );
  }
  const isBusy = cell.status.status === "running";
  return (
    <button
      type="button"
      class="btn quiet icon small"
      aria-label={isBusy ? `Stop ${name}` : `Run ${name}`}
      title={isBusy ? "Stop (i i)" : "Run (Ctrl Enter)"}
      onClick={() => void (isBusy ? desk.interrupt() : desk.runOnly(cell.id))}
    >
      <Icon name={isBusy ? "stop" : "resume"} size={14} />
    </button>
  );
}

function DoneButton({ desk, id }: { desk: Desk; id: string }) {
  return (
    <button
      type="button"
      class="btn quiet icon small"
      aria-label="Show the text"
      title="Show the text (Ctrl Enter)"
      onClick={() => {
        desk.closeText(id);
        desk.goTo(id);
      }}
    >
      <Icon name="check" size={14} />
    </button>
  );
}

/** The mode that the cell has for itself. */
function OwnMode({ desk, cell }: { desk: Desk; cell: CellState }) {
  const mode = ownMode(cell.language, useSource(desk, cell.id));
  if (!mode) return null;
  return (
    <span class="own-mode" title={`Its first lines say \`flownote: ${mode}\``}>
      {mode}
    </span>
  );
}

function Tags({ cell }: { cell: CellState }) {
  return (
    <>
      {tagsOf(cell.metadata).map((tag) => (
        <span key={tag} class="own-mode" title={TAG_TITLES[tag] ?? "A tag of the cell"}>
          {tag}
        </span>
      ))}
    </>
  );
}

const TAG_TITLES: Record<string, string> = {
  [PARAMETERS]: "Run as flow… asks for these values",
};

/** Folded away, as Jupyter writes it in the file. */
function foldedOf(cell: CellState): { source: boolean; outputs: boolean } {
  const jupyter = cell.metadata.jupyter as Record<string, unknown> | undefined;
  return { source: jupyter?.source_hidden === true, outputs: jupyter?.outputs_hidden === true };
}

/** What a screen reader says of a cell: `cell 3, SQL, stale: ratings changed`. */
function spoken(desk: Desk, cell: CellState, name: string): string {
  if (!isCode(cell.language)) return name;
  const more = moreText(cell, (other) => desk.numbers.value.get(other), Date.now());
  const word = LOOKS[statusName(cell.status)].word;
  return `${name}, ${languageTitle(cell.language)}, ${word}${more ? `: ${more}` : ""}`;
}
