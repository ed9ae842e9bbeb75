import { expect, test } from "vitest";
import { contrast, onPage, rgbOf, textOn } from "./ansi-colours.ts";

test("colours are what terminals make of their numbers", () => {
  expect(rgbOf("ansi-palette-196", null)).toEqual([255, 0, 0]);
  expect(rgbOf("ansi-palette-59", null)).toEqual([95, 95, 95]);
  expect(rgbOf("ansi-palette-255", null)).toEqual([238, 238, 238]);
  expect(rgbOf("ansi-truecolor", "1, 2, 3")).toEqual([1, 2, 3]);
  expect(rgbOf("ansi-unheard", null)).toBeNull();
});

test("every colour can be read, on the page and on every ground", () => {
  for (let at = 16; at < 256; at += 1) {
    const colour = rgbOf(`ansi-palette-${at}`, null)!;
    for (const wanted of [null, colour, rgbOf("ansi-red", null)]) {
      expect(contrast(textOn(colour, wanted), colour)).toBeGreaterThanOrEqual(4.5);
    }
    const grounds = [
      [243, 243, 239],
      [32, 36, 40],
    ] as const;
    const found = [...onPage(colour).matchAll(/rgb\((\d+), (\d+), (\d+)\)/g)];
    found.forEach(([, ...parts], theme) => {
      const [red, green, blue] = parts.map(Number) as [number, number, number];
      expect(contrast([red, green, blue], grounds[theme]!)).toBeGreaterThanOrEqual(4.5);
    });
    expect(found.length).toBe(2);
  }
});
