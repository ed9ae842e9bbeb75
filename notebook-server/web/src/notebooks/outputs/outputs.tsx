/** What a cell shows. */
import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Desk } from "../model/desk.ts";
import type { CellState } from "../protocol/book.ts";
import type { ShownOutput } from "../protocol/outputs.ts";
import type { Bundle } from "../protocol/types.ts";
import { Chart } from "./chart.tsx";
import { ErrorView } from "./error.tsx";
import { formOf, type StaticForm } from "./forms.ts";
import { Frame } from "./frame.tsx";
import { Place } from "./kept.ts";
import { Nested } from "./nested.tsx";
import { Picture, Svg } from "./picture.tsx";
import { Plain } from "./plain.tsx";
import { Latex, Prose } from "./prose.tsx";
import { scriptOf } from "./script.ts";
import { Scripted, Untrusted } from "./scripted.tsx";
import { Shadow } from "./shadow.tsx";
import { shownTable } from "./shown-table.ts";
import { StreamView } from "./stream.tsx";
import { TableView } from "./table.tsx";

interface Props {
  desk: Desk;
  cell: CellState;
  /** `cell 3`: what pictures and tables without a name are called by. */
  name: string;
}

export function Outputs({ desk, cell, name }: Props) {
  const isRunning = cell.status.status === "running";
  return (
    <>
      {cell.outputs.map((output) => (
        <div key={output.key} class={`output is-${output.kind}`}>
          <One desk={desk} output={output} cell={cell.id} isRunning={isRunning} name={name} />
        </div>
      ))}
    </>
  );
}

interface OneProps {
  desk: Desk;
  output: ShownOutput;
  cell: string;
  isRunning: boolean;
  name: string;
}

function One(props: OneProps) {
  const { kept } = props.desk.notebook;
  const { key } = props.output;
  const place = useMemo(() => ({ kept, output: key }), [kept, key]);
  return (
    <Place.Provider value={place}>
      <Kind {...props} />
    </Place.Provider>
  );
}

function Kind({ desk, output, cell, isRunning, name }: OneProps) {
  switch (output.kind) {
    case "stream":
      return <StreamView output={output} isRunning={isRunning} />;
    case "error":
      return <ErrorView desk={desk} error={output} />;
    case "display":
      return <Display desk={desk} output={output} cell={cell} name={name} isRunning={isRunning} />;
  }
}

interface DisplayProps {
  desk: Desk;
  output: Extract<ShownOutput, { kind: "display" }>;
  cell: string;
  name: string;
  isRunning: boolean;
}

function Display({ desk, output, cell, name, isRunning }: DisplayProps) {
  const { data, metadata, key } = output;
  const isTrusted = useComputed(() => desk.notebook.of("trusted").has(cell)).value;
  const shown = useMemo(() => formOf(data, isTrusted), [data, isTrusted]);
  if (shown.form === "scripted") {
    return <Scripted desk={desk} output={key} label={`Output of ${name}`} />;
  }
  const table = shownTable(metadata);
  if (table) {
    const label = `Table of ${name}`;
    return (
      <Frame desk={desk} cell={cell} table={table} label={label} isRunning={isRunning}>
        <Static shown={shown} metadata={metadata} name={name} />
      </Frame>
    );
  }
  const lost = scriptOf(data);
  return (
    <>
      <Static shown={shown} metadata={metadata} name={name} />
      {lost && <Untrusted desk={desk} what={lost.what} />}
    </>
  );
}

interface StaticProps {
  shown: StaticForm;
  metadata: Bundle;
  name: string;
}

function Static({ shown, metadata, name }: StaticProps) {
  switch (shown.form) {
    case "table":
      return <TableView table={shown.table} />;
    case "chart":
      return <Chart spec={shown.spec} isLite={shown.isLite} label={`Chart of ${name}`} />;
    case "html":
      return <Shadow html={shown.html} label={`Output of ${name}`} />;
    case "markdown":
      return <Prose text={shown.text} />;
    case "latex":
      return <Latex text={shown.text} />;
    case "svg":
      return <Svg text={shown.text} label={`Picture of ${name}`} />;
    case "image":
      return (
        <Picture
          type={shown.type}
          data={shown.data}
          metadata={metadata[shown.type]}
          label={`Picture of ${name}`}
        />
      );
    case "json":
      return <Nested value={shown.value} text={shown.text} metadata={metadata} name={name} />;
    case "text":
      return <Plain text={shown.text} />;
    case "nothing":
      return null;
  }
}
