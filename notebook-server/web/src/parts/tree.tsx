/** Nested data, a line an entry; what is deep or long is folded. The browser's own disclosure. */
import { useSignal } from "@preact/signals";
import { value as inLine } from "../format/format.ts";

const FEW = 100;

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

export function Tree({ value }: { value: unknown }) {
  if (!isNested(value)) return <Leaf value={value} />;
  return <Branch value={value} depth={0} />;
}

function Leaf({ value }: { value: unknown }) {
  const kind = value === null ? "null" : typeof value;
  return (
    <span class={`leaf is-${kind}`}>
      {typeof value === "string" ? JSON.stringify(value) : String(value)}
    </span>
  );
}

function Branch({ value, depth }: { value: object; depth: number }) {
  const most = useSignal(FEW);
  const entries = Object.entries(value);
  return (
    <ul class="tree">
      {entries.slice(0, most.value).map(([name, child]) => (
        <li key={name}>
          {isNested(child) && Object.keys(child).length > 0 ? (
            <details open={depth < 1 && Object.keys(child).length <= 20}>
              <summary>
                <span class="key">{name}</span> <span class="faint">{inLine(child, 70)}</span>
              </summary>
              <Branch value={child} depth={depth + 1} />
            </details>
          ) : (
            <>
              <span class="key">{name}</span>{" "}
              {isNested(child) ? (
                <span class="faint">{inLine(child)}</span>
              ) : (
                <Leaf value={child} />
              )}
            </>
          )}
        </li>
      ))}
      {entries.length > most.value && (
        <li>
          <button
            type="button"
            class="btn quiet small"
            onClick={() => {
              most.value += FEW * 5;
            }}
          >
            {entries.length - most.value} more
          </button>
        </li>
      )}
    </ul>
  );
}
