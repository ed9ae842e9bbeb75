/** A small histogram: bars of equal width, drawn as one path. */

interface Props {
  counts: number[];
  height: number;
  label: string;
}

export function Bars({ counts, height, label }: Props) {
  const most = Math.max(1, ...counts);
  const width = 100 / Math.max(1, counts.length);
  const path = counts
    .map((count, at) => {
      if (count === 0) return "";
      // One value among millions is still seen.
      const tall = Math.max(1, (count / most) * height);
      const gap = counts.length > 1 ? width * 0.12 : 0;
      return `M${(at * width + gap).toFixed(2)} ${height}v-${tall.toFixed(2)}h${(width - 2 * gap).toFixed(2)}v${tall.toFixed(2)}z`;
    })
    .join("");
  return (
    <svg
      class="bars"
      viewBox={`0 0 100 ${height}`}
      preserveAspectRatio="none"
      height={height}
      role="img"
      aria-label={label}
    >
      <path d={path} />
    </svg>
  );
}
