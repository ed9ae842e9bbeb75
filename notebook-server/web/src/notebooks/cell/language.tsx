/** The badge that says what a cell is written in, and changes it. */
import { MenuButton } from "../../parts/menu.tsx";
import type { Desk } from "../model/desk.ts";
import { type CellState, LANGUAGES, languageTitle } from "../protocol/book.ts";
import type { Language } from "../protocol/types.ts";

const KEYS: Partial<Record<Language, string>> = { python: "y", markdown: "m", raw: "r" };

/** The badge's colour, as a class. */
export function languageClass(language: Language): string {
  return `lang lang-${language}`;
}

export function LanguageMenu({ desk, cell }: { desk: Desk; cell: CellState }) {
  const title = cell.foreign ?? languageTitle(cell.language);
  return (
    <MenuButton
      class={languageClass(cell.language)}
      label={`${title}: change the cell's language`}
      items={() =>
        LANGUAGES.map(({ id, title }) => ({
          id,
          title,
          keys: KEYS[id],
          checked: id === cell.language,
          run: () => void desk.setLanguage(id, [cell.id]),
        }))
      }
    >
      {title}
    </MenuButton>
  );
}

export function LanguageBadge({ language }: { language: Language }) {
  const found = LANGUAGES.find(({ id }) => id === language);
  return (
    <span class={languageClass(language)} title={found?.title}>
      {found?.short ?? language}
    </span>
  );
}
