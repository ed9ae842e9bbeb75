/** What the kernel says of a name: its signature, its words. */
import { Ansi } from "../../parts/ansi.tsx";

/** Lines that a tooltip shows; who wants all of it asks with `?name`. */
const MOST = 24;

export function Inspected({ data }: { data: Record<string, unknown> }) {
  const text = String(data["text/plain"] ?? data["text/markdown"] ?? "").trimEnd();
  const lines = text.split("\n");
  return (
    <pre>
      {lines.slice(0, MOST).map((line, at) => (
        <span key={at}>
          <Ansi line={line} />
          {"\n"}
        </span>
      ))}
      {lines.length > MOST && (
        <span class="faint">{lines.length - MOST} lines more: `?name` shows all</span>
      )}
    </pre>
  );
}
