/** What a cell reads and makes: `ratings → by_genre`, and for WASM its options. */
import type { Desk } from "../model/desk.ts";
import { namesOf } from "../panes/names.ts";

export function CellNames({ desk, id }: { desk: Desk; id: string }) {
  const names = namesOf(desk).value.get(id);
  if (!names) return null;
  const reads = [...names.reads.keys()];
  const { defines } = names;
  if (reads.length === 0 && defines.length === 0) return null;
  const said = [
    reads.length > 0 ? `reads ${brief(reads)}` : "",
    defines.length > 0 ? `→ ${brief(defines)}` : "",
  ];
  const whole = [
    reads.length ? `reads ${reads.join(", ")}` : "",
    defines.length ? `makes ${defines.join(", ")}` : "",
  ];
  return (
    <span class="cell-names cut" title={whole.filter(Boolean).join("; ")}>
      {said.filter(Boolean).join(" ")}
    </span>
  );
}

function brief(names: string[]): string {
  return names.length <= 3
    ? names.join(", ")
    : `${names.slice(0, 2).join(", ")} + ${names.length - 2}`;
}
