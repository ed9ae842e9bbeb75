/** Kernels count Unicode code points, editors UTF-16 units. */

const SURROGATE = /[\ud800-\udbff][\udc00-\udfff]/g;

export function toPoints(text: string, units: number): number {
  const before = text.slice(0, units);
  return before.length - (before.match(SURROGATE)?.length ?? 0);
}

export function toUnits(text: string, points: number): number {
  let units = 0;
  for (let left = points; left > 0 && units < text.length; left -= 1) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}
