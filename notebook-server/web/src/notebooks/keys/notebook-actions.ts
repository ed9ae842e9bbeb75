/** What can be done with a notebook as a whole. */
import { exportAddress } from "../list/api.ts";
import { copyBeside } from "../list/files.tsx";
import { togglePane } from "../open/panes.ts";
import { saveAsHtml } from "../outputs/export/save.ts";
import { MODES } from "../protocol/book.ts";
import type { Action } from "./action.ts";

export const NOTEBOOK_ACTIONS: readonly Action[] = [
  {
    id: "save",
    group: "Notebook",
    title: "Save now",
    command: ["Ctrl+S", "S"],
    edit: ["Ctrl+S"],
    run: (desk) => desk.save(),
  },
  {
    id: "rename",
    group: "Notebook",
    title: "Rename the notebook…",
    also: "move",
    run: (desk) => {
      desk.asking.value = "rename";
    },
  },
  {
    id: "duplicate",
    group: "Notebook",
    title: "Duplicate the notebook",
    also: "copy",
    run: async (desk) => {
      // What is copied is the file: it has what was typed.
      await desk.save();
      await copyBeside(desk.notebook.path);
    },
  },
  {
    id: "export-ipynb",
    group: "Notebook",
    title: "Download as .ipynb",
    also: "export ipynb",
    run: (desk) => location.assign(exportAddress(desk.notebook.path, "ipynb")),
  },
  {
    id: "export-py",
    group: "Notebook",
    title: "Download as .py",
    also: "export py Python script",
    run: (desk) => location.assign(exportAddress(desk.notebook.path, "py")),
  },
  {
    id: "export-html",
    group: "Notebook",
    title: "Download as HTML",
    also: "export HTML",
    // A page with charts and colours is made here, where they are drawn.
    run: (desk) => saveAsHtml(desk),
  },
  {
    id: "run-as-flow",
    group: "Notebook",
    title: "Run as flow…",
    also: "parameters",
    run: async (desk) => {
      // What is run is the file: it has what was typed.
      await desk.save();
      desk.asking.value = "flow";
    },
  },
  {
    id: "shutdown",
    group: "Notebook",
    title: "End the session…",
    also: "shut down kernel",
    run: (desk) => {
      desk.asking.value = "shutdown";
    },
  },
  ...MODES.map(
    ({ id, title, says }): Action => ({
      id: `mode-${id}`,
      group: "Notebook",
      title: `${title}: ${says}`,
      also: "mode",
      run: (desk) => desk.setMode(id),
    }),
  ),
  {
    id: "pane-left",
    group: "Look",
    title: "Show or hide contents, cells and files",
    also: "left pane sidebar",
    command: ["Ctrl+B"],
    edit: ["Ctrl+B"],
    run: () => togglePane("left"),
  },
  {
    id: "pane-right",
    group: "Look",
    title: "Show or hide symbols, activity, kernel and history",
    also: "right pane sidebar",
    run: () => togglePane("right"),
  },
  {
    id: "line-numbers",
    group: "Look",
    title: "Line numbers",
    command: ["L", "Shift+L"],
    run: (desk) => {
      desk.lineNumbers.value = !desk.lineNumbers.peek();
    },
  },
  {
    id: "keys",
    group: "Notebook",
    title: "Keys",
    command: ["H", "?"],
    run: (desk) => {
      desk.asking.value = "help";
    },
  },
];
