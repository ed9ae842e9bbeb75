/** What a cell shows, as outputs arrive: the same rules as `core/notebook`'s collector. */
import { StreamText } from "./stream.ts";
import type { Bundle, ErrorOutput, Output } from "./types.ts";

/** One thing that a cell shows. `key` tells it from others for as long as it stands. */
export type ShownOutput =
  | { key: number; kind: "stream"; name: "stdout" | "stderr"; text: StreamText }
  | {
      key: number;
      kind: "display";
      data: Bundle;
      metadata: Bundle;
      displayId: string | null;
      isResult: boolean;
    }
  | ({ key: number } & ErrorOutput);

let lastKey = 0;

/** Outputs of a document as they are shown. */
export function shownOutputs(outputs: readonly Output[]): ShownOutput[] {
  return outputs.reduce<ShownOutput[]>((shown, output) => add(shown, output), []);
}

/** The list with one output more; it isn't changed itself. */
export function add(outputs: readonly ShownOutput[], output: Output): ShownOutput[] {
  switch (output.kind) {
    case "stream": {
      const last = outputs.at(-1);
      if (last?.kind === "stream" && last.name === output.name) {
        // The text is one growing thing; a new object says that it grew.
        last.text.push(output.text);
        return [...outputs.slice(0, -1), { ...last }];
      }
      const text = new StreamText(output.text);
      return [...outputs, { key: ++lastKey, kind: "stream", name: output.name, text }];
    }
    case "display":
    case "result":
      return [
        ...outputs,
        {
          key: ++lastKey,
          kind: "display",
          data: output.data,
          metadata: output.metadata ?? {},
          displayId: output.kind === "display" ? (output.display_id ?? null) : null,
          isResult: output.kind === "result",
        },
      ];
    case "error":
      return [...outputs, { key: ++lastKey, ...output }];
    case "update":
      return update(outputs, output.display_id, output.data, output.metadata ?? {});
    case "clear":
      return output.wait ? [...outputs] : [];
    case "unknown":
      return [...outputs];
  }
}

/** Gives every display of that name its new state; the same list when there is none. */
export function update(
  outputs: readonly ShownOutput[],
  id: string,
  data: Bundle,
  metadata: Bundle,
): ShownOutput[] {
  const has = outputs.some((one) => one.kind === "display" && one.displayId === id);
  if (!has) return outputs as ShownOutput[];
  return outputs.map((one) =>
    one.kind === "display" && one.displayId === id ? { ...one, data, metadata } : one,
  );
}

/** Whether a document's outputs are those that are shown already. */
export function isShown(shown: readonly ShownOutput[], outputs: readonly Output[]): boolean {
  if (shown.length !== outputs.length) return false;
  return shown.every((one, at) => {
    const output = outputs[at];
    if (one.kind === "stream") {
      return (
        output?.kind === "stream" &&
        output.name === one.name &&
        new StreamText(output.text).text === one.text.text
      );
    }
    if (one.kind === "error") {
      return output?.kind === "error" && output.message === one.message && output.name === one.name;
    }
    const isAlike = output?.kind === (one.isResult ? "result" : "display");
    return isAlike && JSON.stringify(output.data) === JSON.stringify(one.data);
  });
}
