/**
 * Measures the first load: what a browser fetches, gzipped, before the list of runs stands.
 * Fails above the budget.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET = 1_500_000;
const dist = new URL("../dist/", import.meta.url).pathname;
const size = (name) => {
  const bytes = readFileSync(join(dist, name));
  // Fonts are compressed already.
  return name.endsWith(".woff2") ? bytes.length : gzipSync(bytes).length;
};

const page = readFileSync(join(dist, "index.html"), "utf8");
const first = new Set(["index.html", "theme.js"]);
const follow = (name) => {
  if (first.has(name)) return;
  first.add(name);
  if (!name.endsWith(".js")) return;
  const text = readFileSync(join(dist, name), "utf8");
  for (const [, other] of text.matchAll(/from\s*"\.\/([^"]+\.js)"|import\s*"\.\/([^"]+\.js)"/g)) {
    if (other) follow(`assets/${other}`);
  }
};
for (const [, name] of page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)) follow(name);
const all = readdirSync(join(dist, "assets")).map((name) => `assets/${name}`);
// The first place that is fetched on demand is the list of runs.
const entry = [...first].find((name) => /index-[^/]*\.js$/.test(name));
const [, runs] = /import\(\s*"\.\/([^"]+\.js)"/.exec(readFileSync(join(dist, entry), "utf8")) ?? [];
if (!runs) throw new Error("the list of runs is not in a chunk of its own");
follow(`assets/${runs}`);
for (const font of all.filter((name) => /latin-wght/.test(name))) first.add(font);

const total = [...first].reduce((sum, name) => sum + size(name), 0);
const everything = all.reduce((sum, name) => sum + size(name), 0);
for (const name of [...first].sort()) console.log(`${String(size(name)).padStart(9)}  ${name}`);
console.log(`${String(total).padStart(9)}  first load of ${BUDGET} (all places: ${everything})`);
if (total > BUDGET) {
  console.error("error: the first load is larger than its budget");
  process.exit(1);
}
