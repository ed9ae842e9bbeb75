/** Pictures: PNG and its kin as they are, SVG cleaned. */
import { useMemo } from "preact/hooks";
import { cleanSvg } from "./sanitise.ts";
import { Shadow } from "./shadow.tsx";

interface ImageProps {
  type: string;
  data: string;
  metadata: unknown;
  label: string;
}

export function Picture({ type, data, metadata, label }: ImageProps) {
  const told = (metadata ?? {}) as { width?: unknown; height?: unknown; alt?: unknown };
  const size = (value: unknown) => (typeof value === "number" && value > 0 ? value : undefined);
  return (
    <img
      class="picture"
      alt={typeof told.alt === "string" ? told.alt : label}
      width={size(told.width)}
      height={size(told.height)}
      src={`data:${type};base64,${data.replace(/\s/g, "")}`}
    />
  );
}

export function Svg({ text, label }: { text: string; label: string }) {
  const clean = useMemo(() => cleanSvg(text), [text]);
  return <Shadow html={clean} label={label} />;
}
