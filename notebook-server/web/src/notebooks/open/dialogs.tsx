/** Questions before what can't be taken back, and the sheet of keys. */

import { KEYS, KeyList } from "../../frame/help.tsx";
import { Ask } from "../../parts/ask.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TagsDialog } from "../cell/tags-dialog.tsx";
import { ACTIONS } from "../keys/actions.ts";
import { keyLabel } from "../keys/bindings.ts";
import type { Desk } from "../model/desk.ts";
import { Rename } from "./rename.tsx";
import { RunAsFlow } from "./run-as-flow.tsx";

export function Dialogs({ desk }: { desk: Desk }) {
  const close = () => {
    desk.asking.value = null;
  };
  switch (desk.asking.value) {
    case "restart":
      return (
        <Ask
          title="Restart all interpreters?"
          text="Values that only they hold are lost. Results stay, and those that are stored are restored when a cell needs them."
          verb="Restart"
          act={() => desk.restartAll()}
          close={close}
        />
      );
    case "restart-run-all":
      return (
        <Ask
          title="Restart all interpreters and run all cells?"
          text="Values that only they hold are lost, and every cell runs anew, from top to bottom; nothing is reused."
          verb="Restart and run all"
          act={() => desk.restartAndRunAll()}
          close={close}
        />
      );
    case "shutdown":
      return (
        <Ask
          title="End the session?"
          text="All interpreters of this notebook end. The notebook and its results stay; the next cell that runs begins a new session."
          verb="End the session"
          act={() => desk.shutdown()}
          close={close}
        />
      );
    case "trust":
      return (
        <Ask
          title="Trust this notebook?"
          text="The scripts in its outputs may run, in a frame that reaches neither this page nor the network. Only do this when you know who made them; running a cell makes its output anew and trusts that alone."
          verb="Trust its outputs"
          act={async () => desk.notebook.trust()}
          close={close}
        />
      );
    case "rename":
      return <Rename desk={desk} close={close} />;
    case "tags":
      return <TagsDialog desk={desk} close={close} />;
    case "flow":
      return <RunAsFlow desk={desk} close={close} />;
    case "help":
      return <KeySheet close={close} />;
    default:
      return null;
  }
}

const TEXT_KEYS: [string, string][] = [
  ["Tab", "Complete a name; indent"],
  ["Shift Tab", "What stands at the cursor; indent less"],
  ["Ctrl /", "Comment lines out and in"],
  ["Ctrl D", "Choose the next place with the same text"],
  ["Ctrl click", "Go to the cell that makes the name"],
  ["Ctrl Shift M", "All that is wrong with the cell, as a list"],
  ["Alt click", "One cursor more; Alt Shift and dragging makes a block of them"],
  ["Alt ↑  Alt ↓", "Move the line"],
  ["Ctrl Z  Ctrl Y", "Undo and redo in the text"],
  ["↑  ↓", "At the text's edge: to the next cell"],
];

function KeySheet({ close }: { close: () => void }) {
  const command = ACTIONS.filter((action) => action.command);
  const edit = ACTIONS.filter((action) => action.edit);
  return (
    <Dialog title="Keys of a notebook" close={close} wide>
      <div class="key-columns" role="group" aria-label="Keys" tabIndex={0}>
        <section>
          <h3>A cell has the focus (Esc)</h3>
          <dl class="keys">
            {command.map(({ id, title, command: keys = [] }) => (
              <div key={id} class="key-row">
                <dt>
                  {keys.map((one) => (
                    <kbd key={one}>{keyLabel(one)}</kbd>
                  ))}
                </dt>
                <dd>{title}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h3>Its text has the focus (Enter)</h3>
          <dl class="keys">
            {edit.map(({ id, title, edit: keys = [] }) => (
              <div key={id} class="key-row">
                <dt>
                  {keys.slice(0, 2).map((one) => (
                    <kbd key={one}>{keyLabel(one)}</kbd>
                  ))}
                </dt>
                <dd>{title}</dd>
              </div>
            ))}
            {TEXT_KEYS.map(([keys, what]) => (
              <div key={keys} class="key-row">
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <h3>Everywhere</h3>
          <KeyList keys={KEYS} />
        </section>
      </div>
    </Dialog>
  );
}
