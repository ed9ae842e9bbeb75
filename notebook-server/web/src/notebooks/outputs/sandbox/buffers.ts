/**
 * Binary parts of widgets' states: beside the JSON on the wire, as base64 with the path to
 * where each belongs; within the state, as `DataView`s, on the page.
 */

export type Path = (string | number)[];

export interface Packed {
  value: unknown;
  paths: Path[];
  /** Base64. */
  buffers: string[];
}

/** Takes the binary parts out. The value given isn't changed. */
export function pack(value: unknown): Packed {
  const paths: Path[] = [];
  const buffers: string[] = [];
  const walk = (one: unknown, path: Path): unknown => {
    const bytes = bytesOf(one);
    if (bytes) {
      paths.push(path);
      buffers.push(base64(bytes));
      return null;
    }
    if (Array.isArray(one)) return one.map((child, at) => walk(child, [...path, at]));
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([key, child]) => [key, walk(child, [...path, key])]),
    );
  };
  return { value: walk(value, []), paths, buffers };
}

/** Puts the binary parts in. */
export function unpack({ value, paths, buffers }: Packed): unknown {
  paths.forEach((path, at) => {
    const text = buffers[at];
    if (text === undefined || path.length === 0) return;
    let within = value as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) {
      if (!Object.hasOwn(within ?? {}, key)) return;
      within = within[key] as Record<string | number, unknown>;
    }
    const last = path.at(-1)!;
    // A path leads through what is there, never to a prototype.
    if (typeof within !== "object" || within === null || last === "__proto__") return;
    within[last] = new DataView(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer);
  });
  return value;
}

function bytesOf(value: unknown): Uint8Array | null {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return null;
}

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}
