/** The notebook's own line: its name, whether it is saved, who is here, running all of it. */
import { clock } from "../../format/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { MenuButton, type MenuItem } from "../../parts/menu.tsx";
import { nextIndex } from "../../parts/roving.ts";
import { href } from "../../router.ts";
import { ACTIONS, keyLabel } from "../keys/bindings.ts";
import { exportAddress } from "../list/api.ts";
import type { Desk } from "../model/desk.ts";
import { saveAsHtml } from "../outputs/export/save.ts";
import type { Mode } from "../protocol/types.ts";
import { panes, type Side, togglePane } from "./panes.ts";
import { RunAsFlow } from "./run-as-flow.tsx";

const MODES: { id: Mode; title: string; says: string }[] = [
  { id: "lazy", title: "Lazy", says: "edits mark cells stale; running one brings what it needs" },
  { id: "auto", title: "Auto", says: "what became stale runs by itself" },
  { id: "manual", title: "Manual", says: "only what you point at runs" },
];

export function Toolbar({ desk, name }: { desk: Desk; name: string }) {
  const { book } = desk.notebook;
  const { mode, isIdle } = book.value;
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
      <MenuButton
        class="btn quiet small hide-narrow"
        label={`When cells run: ${current.title}`}
        title={`${current.title}: ${current.says}`}
        align="right"
        items={() =>
          MODES.map(({ id, title, says }) => ({
            id,
            title: (
              <>
                {title} <span class="dim">{says}</span>
              </>
            ),
            checked: id === mode,
            run: () => void desk.setMode(id),
          }))
        }
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
      <RunAsFlow desk={desk} />
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
  const { saving } = desk.notebook.book.value;
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
        <Icon name="alert" size={13} /> not saved: {message}
      </span>
    );
  }
  return (
    <span class="dim saving" title={saving.at ? `Saved at ${clock(saving.at)}` : undefined}>
      {saving.isSaved ? "saved" : "edited"}
    </span>
  );
}

/** A letter a person, in the order in which they came. */
function People({ desk }: { desk: Desk }) {
  const { people, client } = desk.notebook.book.value;
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

function moreItems(desk: Desk): MenuItem[] {
  const entry = (id: string, begins = false): MenuItem => {
    const action = ACTIONS.find((one) => one.id === id)!;
    const keys = action.command?.[0];
    return {
      id,
      title: action.title,
      begins,
      keys: keys ? keyLabel(keys) : undefined,
      run: () => void action.run(desk),
    };
  };
  const download = (as: "html" | "py" | "ipynb", title: string, begins = false): MenuItem => ({
    id: `export-${as}`,
    title,
    begins,
    run: () => {
      // A page with charts and colours is made here, where they are drawn.
      if (as === "html") void saveAsHtml(desk);
      else location.assign(exportAddress(desk.notebook.path, as));
    },
  });
  return [
    entry("run-all-anew"),
    entry("restart"),
    entry("shutdown"),
    entry("undo", true),
    entry("redo"),
    entry("clear-all"),
    entry("line-numbers"),
    entry("save", true),
    download("ipynb", "Download as .ipynb"),
    download("py", "Download as .py"),
    download("html", "Download as HTML"),
    entry("keys", true),
  ];
}
