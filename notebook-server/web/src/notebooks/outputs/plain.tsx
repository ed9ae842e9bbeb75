/** A value as text: as it is, within bounds. */
import { useMemo, useRef } from "preact/hooks";
import { Ansi } from "../../parts/ansi.tsx";
import { useOverflow } from "../../parts/overflow.ts";
import type { ShownOutput } from "../protocol/outputs.ts";
import { StreamText } from "../protocol/stream.ts";
import { FEW, StreamView } from "./stream.tsx";

/** Lines of more letters aren't columns of anything: they are wrapped. */
const LONG = 1000;

export function Plain({ text }: { text: string }) {
  const lines = useMemo(() => text.split("\n"), [text]);
  return lines.length > FEW ? <Many text={text} /> : <Few text={text} lines={lines} />;
}

function Many({ text }: { text: string }) {
  const output = useMemo(
    (): Extract<ShownOutput, { kind: "stream" }> => ({
      key: 0,
      kind: "stream",
      name: "stdout",
      text: new StreamText(text),
    }),
    [text],
  );
  return <StreamView output={output} isRunning={false} what="text" />;
}

function Few({ text, lines }: { text: string; lines: string[] }) {
  const box = useRef<HTMLPreElement>(null);
  const overflows = useOverflow(box, text);
  const wraps = lines.some((line) => line.length > LONG);
  return (
    <pre
      ref={box}
      class={`plain-text ${wraps ? "wraps" : ""}`}
      tabIndex={overflows.value ? 0 : undefined}
    >
      {lines.map((line, at) => (
        <span key={at}>
          <Ansi line={line} />
          {"\n"}
        </span>
      ))}
    </pre>
  );
}
