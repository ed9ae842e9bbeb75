/** An open notebook: its cells between the panes. */
import { useComputed } from "@preact/signals";
import { useCallback, useEffect, useMemo } from "preact/hooks";
import { useCommands } from "../../frame/commands.ts";
import { useHelp } from "../../frame/help.tsx";
import { useTitle } from "../../frame/title.ts";
import { Empty, Skeleton } from "../../parts/notice.tsx";
import { Words } from "../../parts/words.tsx";
import { href, params } from "../../router.ts";
import { tell } from "../../state/toasts.ts";
import { FindBar } from "../find/bar.tsx";
import { ACTIONS } from "../keys/actions.ts";
import { keyLabel } from "../keys/bindings.ts";
import { Desk } from "../model/desk.ts";
import { Activity } from "../panes/activity.tsx";
import { Contents } from "../panes/contents.tsx";
import { Files } from "../panes/files.tsx";
import { CellsGraph } from "../panes/graph.tsx";
import { History } from "../panes/history.tsx";
import { Interpreters } from "../panes/interpreters.tsx";
import { Symbols } from "../panes/symbols.tsx";
import { Banners } from "./banners.tsx";
import { Cells } from "./cells.tsx";
import { Dialogs } from "./dialogs.tsx";
import { closeOverlays, panes } from "./panes.ts";
import { Said } from "./said.tsx";
import { Toolbar } from "./toolbar.tsx";
import "../styles/find.css";
import "../styles/notebook.css";
import "../styles/outputs.css";
import "../styles/panes.css";

export function NotebookPage({ path }: { path: string }) {
  const desk = useMemo(() => new Desk(path), [path]);
  const { socket } = desk.notebook;
  const name = path.split("/").at(-1) ?? path;
  useTitle(name);
  useEffect(() => {
    const leave = (event: BeforeUnloadEvent) => {
      // Only what the server doesn't have yet can be lost.
      if (desk.notebook.hasPending) event.preventDefault();
    };
    addEventListener("beforeunload", leave);
    return () => {
      removeEventListener("beforeunload", leave);
      desk.notebook.close();
    };
  }, [desk]);
  useCommands(
    // The sheet of keys is the frame's to offer.
    ACTIONS.filter(({ id }) => id !== "keys").map((action) => {
      const keys = action.command?.[0] ?? action.edit?.[0];
      return {
        id: `notebook-${action.id}`,
        group: action.group,
        title: action.title,
        ...(action.also ? { also: action.also } : {}),
        ...(keys ? { keys: keyLabel(keys) } : {}),
        run: () => void action.run(desk),
      };
    }),
    path,
  );

  useHelp(
    useCallback(() => {
      desk.asking.value = "help";
    }, [desk]),
  );

  // The page as a whole doesn't follow what cells print.
  const isOpen = useComputed(() => desk.notebook.of("isOpen"));
  // A link may name a cell: there the page begins.
  const linked = params.value.get("cell");
  useEffect(() => {
    if (!linked || !isOpen.value) return;
    if (desk.positions.peek().has(linked)) desk.goTo(linked);
    else tell("The cell that the link leads to is no longer here");
  }, [desk, linked, isOpen.value]);
  if (!isOpen.value) {
    return (
      <main class="page" id="main">
        {socket.state.value === "refused" ? (
          <Empty icon="notebook" title="This notebook can't be opened">
            <p>
              <Words text={socket.reason.value || "The server refused it."} />
            </p>
            <a class="btn" href={href("/notebooks")}>
              All notebooks
            </a>
          </Empty>
        ) : (
          <Opening desk={desk} name={name} />
        )}
      </main>
    );
  }
  const classes = [
    "notebook",
    panes.left.value ? "with-left" : "",
    panes.right.value ? "with-right" : "",
  ];
  return (
    <div class={classes.filter(Boolean).join(" ")}>
      <Toolbar desk={desk} name={name} />
      {panes.left.value && (
        <aside class="pane left" aria-label="Contents, cells and files">
          <Contents desk={desk} />
          <CellsGraph desk={desk} />
          <Files desk={desk} />
        </aside>
      )}
      <main id="main" class="sheet-of-cells" tabIndex={-1} onPointerDown={closeOverlays}>
        <FindBar desk={desk} />
        <Banners desk={desk} />
        <Cells desk={desk} />
      </main>
      {panes.right.value && (
        <aside class="pane right" aria-label="Symbols, activity, kernel and history">
          <Symbols desk={desk} />
          <Activity desk={desk} />
          <Interpreters desk={desk} />
          <History desk={desk} />
        </aside>
      )}
      <Said desk={desk} />
      <Dialogs desk={desk} />
    </div>
  );
}

function Opening({ desk, name }: { desk: Desk; name: string }) {
  const { state } = desk.notebook.socket;
  return (
    <>
      <Skeleton lines={8} label={`opening ${name}`} />
      {state.value === "waiting" && (
        <p class="dim" role="status">
          The server does not answer yet; the page tries again by itself.{" "}
          <button type="button" class="text-button" onClick={() => desk.notebook.socket.again()}>
            Try now
          </button>
        </p>
      )}
    </>
  );
}
