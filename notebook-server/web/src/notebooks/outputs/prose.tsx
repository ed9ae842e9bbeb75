/** Rendered Markdown, and formulas. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { hasMath, latexHtml, loadMath, markdownHtml, mathReady } from "./markdown.ts";

interface Props {
  text: string;
  attachments?: Record<string, unknown>;
}

export function Prose({ text, attachments = {} }: Props) {
  const withMath = useMath(hasMath(text));
  const html = useMemo(() => markdownHtml(text, { attachments }), [text, attachments, withMath]);
  return (
    <div class="contained">
      <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
    </div>
  );
}

export function Latex({ text }: { text: string }) {
  const withMath = useMath(true);
  const html = useMemo(() => latexHtml(text), [text, withMath]);
  return (
    <div class="contained">
      <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
    </div>
  );
}

/** Whether formulas can be drawn by now. */
function useMath(wanted: boolean): boolean {
  const ready = useSignal(mathReady());
  useEffect(() => {
    if (!wanted || ready.peek()) return;
    void loadMath().then(() => {
      ready.value = true;
    });
  }, [wanted]);
  return ready.value;
}
