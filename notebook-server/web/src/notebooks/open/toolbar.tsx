/** The notebook's own line: its name, whether it is saved, who is here, running all of it. */
import { clock } from "../../format/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { MenuButton, type MenuItem } from "../../parts/menu.tsx";
import { nextIndex } from "../../parts/roving.ts";
import { Words } from "../../parts/words.tsx";
import { go, href } from "../../router.ts";
import { actionOf } from "../keys/actions.ts";
import { keyLabel } from "../keys/bindings.ts";
import type { Desk } from "../model/desk.ts";
import { MODES } from "../protocol/book.ts";
import { panes, type Side, togglePane } from "./panes.ts";

/** Where buttons go into the menu: the width at which styles hide them. */
const narrow = matchMedia("(max-width: 860px)");

export function Toolbar({ desk, name }: { desk: Desk; name: string }) {
  const mode = desk.notebook.of("mode");
  const isIdle = desk.notebook.of("isIdle");
  const stale = desk.stale.value.length;
  const current = MODES.find(({ id }) => id === mode)!;
  const keydown = (event: KeyboardEvent) => {
    const all = [
      ...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(
        "a, button:not(:disabled)",
      ),
    ];
    const next = nextIndex(
      event.key,
      all.indexOf(document.activeElement as HTMLElement),
      all.length,
      "horizontal",
    );
    if (next === null) return;
    event.preventDefault();
    all[next]?.focus();
  };
  return (
    <div class="notebook-bar" role="toolbar" aria-label="Notebook" onKeyDown={keydown}>
      <PaneButton side="left" />
      <a class="plain dim hide-narrow" href={href("/notebooks")}>
        Notebooks
      </a>
      <span class="faint hide-narrow" aria-hidden="true">
        /
      </span>
      <h1 class="cut notebook-name" title={desk.notebook.path}>
        {name}
      </h1>
      <Saving desk={desk} />
      <People desk={desk} />
      <span class="grow" />
      <Wants desk={desk} />
      <MenuButton
        class="btn quiet small hide-narrow"
        label={`When cells run: ${current.title}`}
        title={`${current.title}: ${current.says}`}
        align="right"
        items={() => modeItems(desk)}
      >
        {current.title} <Icon name="down" size={11} />
      </MenuButton>
      {!isIdle && (
        <button
          type="button"
          class="btn"
          title="Stop what runs and what waits (i i)"
          onClick={() => void desk.interrupt()}
        >
          <Icon name="stop" size={13} /> Stop
        </button>
      )}
      <button
        type="button"
        class="btn"
        aria-disabled={stale === 0}
        title={stale === 0 ? "Nothing is stale" : "Run what is stale; what is fresh stays"}
        onClick={() => stale > 0 && void desk.runStale()}
      >
        Run stale <Icon name="resume" size={12} /> <span class="num">{stale}</span>
      </button>
      <button type="button" class="btn primary" onClick={() => void desk.runAll()}>
        Run all
      </button>
      <button
        type="button"
        class="btn hide-narrow"
        title="A run of the saved notebook, from top to bottom, that goes on without this page"
        onClick={() => void actionOf("run-as-flow").run(desk)}
      >
        <Icon name="forward" size={12} /> Run as flow…
      </button>
      <MenuButton
        class="btn quiet icon"
        label="More for the notebook"
        align="right"
        items={() => moreItems(desk)}
      >
        <Icon name="more" />
      </MenuButton>
      <PaneButton side="right" />
    </div>
  );
}

function PaneButton({ side }: { side: Side }) {
  const open = panes[side];
  const what = side === "left" ? "contents and cells" : "symbols and activity";
  return (
    <button
      type="button"
      class="btn quiet icon"
      aria-pressed={open.value}
      aria-label={`Pane: ${what}`}
      title={`${open.value ? "Hide" : "Show"} ${what}`}
      onClick={() => togglePane(side)}
    >
      <Icon name={side === "left" ? "paneLeft" : "paneRight"} />
    </button>
  );
}

function Saving({ desk }: { desk: Desk }) {
  const saving = desk.notebook.of("saving");
  const { state } = desk.notebook.socket;
  if (state.value !== "open") {
    return (
      <span class="state tone-fail" role="status">
        <Icon name="alert" size={13} /> not connected
      </span>
    );
  }
  if (saving.problem) {
    const { message, hint } = saving.problem;
    return (
      <span class="state tone-fail" role="alert" title={hint ?? undefined}>
        <Icon name="alert" size={13} /> not saved: <Words text={message} />
      </span>
    );
  }
  return (
    <span class="dim saving" title={saving.at ? `Saved at ${clock(saving.at)}` : undefined}>
      {saving.isSaved ? "saved" : "edited"}
    </span>
  );
}

/** What somebody should look at, wherever it is: a line that is waited for, cells that failed. */
function Wants({ desk }: { desk: Desk }) {
  const asking = desk.waiting.value;
  const failed = desk.failed.value.length;
  return (
    <>
      {asking && (
        <button
          type="button"
          class="btn small"
          title="Go to the line that it waits for"
          onClick={() => goToLine(desk, asking)}
        >
          <span class="tone-run">cell {desk.numbers.value.get(asking)} asks for a line</span>
        </button>
      )}
      {failed > 0 && (
        <button
          type="button"
          class="btn quiet small"
          title="Go to the next cell that failed"
          onClick={() => desk.goToNext("failed")}
        >
          <span class="tone-fail">{failed} failed</span>
        </button>
      )}
    </>
  );
}

function goToLine(desk: Desk, cell: string): void {
  desk.goTo(cell);
  // It is drawn by then, wherever it was.
  setTimeout(() => {
    const field = document.querySelector<HTMLElement>(`[data-cell="${cell}"] .input-line .field`);
    field?.focus();
    field?.scrollIntoView({ block: "nearest" });
  }, 50);
}

/** A letter a person, in the order in which they came. */
function People({ desk }: { desk: Desk }) {
  const people = desk.notebook.of("people");
  const client = desk.notebook.of("client");
  const others = people.filter((one) => one.client !== client);
  if (others.length === 0) return null;
  const where = (cell: string | null | undefined) => {
    const number = cell ? desk.numbers.value.get(cell) : undefined;
    return number ? ` in cell ${number}` : "";
  };
  const said = others.map(({ name, cell }) => `${name}${where(cell)}`).join(", ");
  return (
    <span class="dim people" title={`Also here: ${said}`} data-people={people.length}>
      {people.length} people
      <span class="aloud">, also here: {said}</span>
    </span>
  );
}

function modeItems(desk: Desk): MenuItem[] {
  const { mode } = desk.notebook.book.peek();
  return MODES.map(({ id, title, says }, at) => ({
    id,
    title: (
      <>
        {title} <span class="dim">{says}</span>
      </>
    ),
    begins: at === 0 && narrow.matches,
    checked: id === mode,
    run: () => void desk.setMode(id),
  }));
}

/** The actions of the menu; a new list begins with a line. */
const MORE = [
  ["run-as-flow", "run-all-anew", "restart", "restart-run-all", "shutdown"],
  ["undo", "redo", "clear-all", "line-numbers"],
  ["save", "rename", "duplicate", "export-ipynb", "export-py", "export-html"],
  ["find", "keys"],
];

function moreItems(desk: Desk): MenuItem[] {
  const items = MORE.flatMap((ids, group) =>
    ids.map((id, at): MenuItem => {
      const { title, command } = actionOf(id);
      return {
        id,
        title,
        begins: group > 0 && at === 0,
        keys: command?.[0] && keyLabel(command[0]),
        run: () => void actionOf(id).run(desk),
      };
    }),
  );
  return narrow.matches ? [...items, ...modeItems(desk), allNotebooks()] : items;
}

function allNotebooks(): MenuItem {
  return { id: "notebooks", title: "All notebooks", begins: true, run: () => go("/notebooks") };
}
