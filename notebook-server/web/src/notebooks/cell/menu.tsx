/** What can be done with one cell. */
import { Icon } from "../../parts/icon.tsx";
import { MenuButton, type MenuItem } from "../../parts/menu.tsx";
import { ACTIONS, keyLabel } from "../keys/bindings.ts";
import type { Desk } from "../model/desk.ts";
import { type CellState, isCode } from "../protocol/book.ts";
import { modeItems } from "./mode-menu.ts";

const CODE = ["run-above", "run-below"];
const ALL = ["insert-above", "insert-below", "move-up", "move-down", "merge"];
const LOOK = ["clear", "fold-outputs"];
const CHECK = ["check"];
const LAST = ["copy", "copy-link", "cut", "delete"];

export function CellMenu({ desk, cell }: { desk: Desk; cell: CellState }) {
  const items = (): MenuItem[] => {
    const code = isCode(cell.language);
    const isChecked = cell.language === "python" || cell.language === "rust";
    const look = [...LOOK, "fold-source", ...(isChecked ? CHECK : [])];
    const groups = code ? [CODE, ALL, look, LAST] : [ALL, LAST];
    const actions = groups.flatMap((group, place) =>
      group.flatMap((id, at): MenuItem[] => {
        const action = ACTIONS.find((one) => one.id === id);
        if (!action) return [];
        const keys = action.command?.[0];
        return [
          {
            id,
            title: action.title,
            keys: keys ? keyLabel(keys) : undefined,
            begins: at === 0 && place > 0,
            run: () => {
              desk.entered(cell.id, false);
              void action.run(desk);
            },
          },
        ];
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
