/** Writes each file that is worth it a second time, compressed: the server hands it on as it is. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** What is shorter comes in one packet anyway. */
const LEAST = 1400;
/** Fonts and pictures are compressed already. */
const WORTH = /\.(js|css|svg)$/;

export const squeeze = {
  name: "squeeze",
  apply: "build" as const,
  writeBundle({ dir }: { dir?: string }) {
    const folder = join(dir ?? "dist", "assets");
    for (const name of readdirSync(folder).filter((one) => WORTH.test(one))) {
      const bytes = readFileSync(join(folder, name));
      if (bytes.length < LEAST) continue;
      writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    }
  },
};
