/** What can be done with one cell. */
import { Icon } from "../../parts/icon.tsx";
import { MenuButton, type MenuItem } from "../../parts/menu.tsx";
import { actionOf } from "../keys/actions.ts";
import { keyLabel } from "../keys/bindings.ts";
import type { Desk } from "../model/desk.ts";
import { type CellState, isCode } from "../protocol/book.ts";
import { modeItems } from "./mode-menu.ts";
import { PARAMETERS, tagsOf } from "./tags.ts";

const CODE = ["run-above", "run-below"];
const ALL = ["insert-above", "insert-below", "move-up", "move-down", "merge"];
const LOOK = ["clear", "fold-outputs"];
const CHECK = ["check"];
const TAGS = ["tags"];
const LAST = ["copy", "copy-link", "cut", "delete"];

export function CellMenu({ desk, cell }: { desk: Desk; cell: CellState }) {
  const items = (): MenuItem[] => {
    const code = isCode(cell.language);
    const isChecked = cell.language === "python" || cell.language === "rust";
    const look = [...LOOK, "fold-source", ...(isChecked ? CHECK : [])];
    const tags = cell.language === "python" ? ["parameters", ...TAGS] : TAGS;
    const groups = code ? [CODE, ALL, look, tags, LAST] : [ALL, TAGS, LAST];
    const actions = groups.flatMap((group, place) =>
      group.map((id, at): MenuItem => {
        const action = actionOf(id);
        const keys = action.command?.[0];
        return {
          id,
          title: id === "parameters" ? parametersTitle(cell) : action.title,
          keys: keys ? keyLabel(keys) : undefined,
          begins: at === 0 && place > 0,
          run: () => {
            desk.entered(cell.id, false);
            void action.run(desk);
          },
        };
      }),
    );
    return code ? [...actions, ...modeItems(desk, cell)] : actions;
  };
  return (
    <MenuButton class="btn quiet icon small" label="More for this cell" items={items} align="right">
      <Icon name="more" size={14} />
    </MenuButton>
  );
}

function parametersTitle(cell: CellState): string {
  return tagsOf(cell.metadata).includes(PARAMETERS)
    ? "No longer the parameters"
    : "Use as parameters";
}
