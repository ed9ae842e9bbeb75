/**
 * Vega and Vega-Lite: expressions are interpreted, not compiled, and nothing is fetched
 * (rule 23). What draws is loaded with the first chart.
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { asProblem } from "../../api/problem.ts";
import { ProblemNote } from "../../parts/notice.tsx";
import { looks } from "../../state/theme.ts";

interface Props {
  spec: unknown;
  isLite: boolean;
  label: string;
}

export function Chart({ spec, isLite, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const problem = useSignal<unknown>(null);
  useEffect(() => {
    let over = false;
    let finish = () => {};
    const draw = async () => {
      const { drawChart } = await import("./vega.ts");
      if (over || !box.current) return;
      finish = await drawChart(box.current, spec, isLite, label);
      problem.value = null;
      if (over) finish();
    };
    draw().catch((error: unknown) => {
      problem.value = error;
    });
    return () => {
      over = true;
      finish();
    };
  }, [spec, looks.value]);
  return (
    <>
      {problem.value !== null && (
        <ProblemNote
          problem={{
            ...asProblem(problem.value),
            where: "in the chart's specification",
          }}
        />
      )}
      <div ref={box} class="chart" />
    </>
  );
}
