/** What the kernel says of a name: a value's type, size and beginning, a function's signature. */
import { Ansi } from "../../parts/ansi.tsx";

/** Lines that a tooltip shows; who wants all of it asks with `?name`. */
const MOST = 24;

export function Inspected({ data }: { data: Record<string, unknown> }) {
  const brief = data["application/vnd.flownote.brief+json"];
  if (typeof brief === "object" && brief !== null) return <Brief {...brief} />;
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

interface BriefProps {
  signature?: string;
  doc?: string;
  type?: string;
  size?: string;
  value?: string;
}

function Brief({ signature, doc, type, size, value }: BriefProps) {
  return (
    <>
      {signature && <pre>{signature}</pre>}
      {type && <p class="dim">{size ? `${type} · ${size}` : type}</p>}
      {value && <pre>{value}</pre>}
      {doc && <p class="doc">{doc}</p>}
    </>
  );
}
