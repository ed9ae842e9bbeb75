/**
 * The names that a cell's text binds and uses, read from the text alone: enough to draw
 * which cell uses what. What runs, and in which order, the kernel decides by its own facts.
 */
import type { SyntaxNode, TreeCursor } from "@lezer/common";
import { parser } from "@lezer/python";
import type { Language } from "../protocol/types.ts";

export interface TextFacts {
  /** Names that it binds, in order; modules apart. */
  defines: string[];
  imports: string[];
  /** Names that it uses and hasn't bound before. */
  uses: string[];
}

const NONE: TextFacts = { defines: [], imports: [], uses: [] };

export function factsOf(language: Language, source: string): TextFacts {
  switch (language) {
    case "python":
      return python(source);
    case "sql":
      return sql(source);
    case "rust":
      return rust(source);
    case "wasm":
      return { ...NONE, defines: matches(source, /^\s*(?:;;|\/\/)\s*export:\s*([A-Za-z_]\w*)/gm) };
    default:
      return NONE;
  }
}

function matches(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((found) => found[1] ?? ""))].filter(Boolean);
}

function sql(source: string): TextFacts {
  const defines = matches(source, /^\s*--\s*out:\s*([A-Za-z_]\w*)/gim);
  const bare = source
    .replace(/--.*$/gm, " ")
    .replace(/\/\*[\s\S]*?\*\//g, " ")
    .replace(/'(?:[^']|'')*'/g, " ");
  const own = matches(
    bare,
    /(?:\bwith\b|,)\s*(?:recursive\s+)?([A-Za-z_]\w*)\s*(?:\([^)]*\)\s*)?as\s*\(/gi,
  );
  // What is called, or stands where tables do.
  const uses = matches(bare, /(?<![.\w])([A-Za-z_]\w*)\b/g).filter((name) => !own.includes(name));
  return { defines, imports: [], uses };
}

function rust(source: string): TextFacts {
  const bare = source.replace(/\/\/(?!!).*$/gm, " ").replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const defines = [
    ...matches(bare, /^let\s+(?:mut\s+)?([a-z_]\w*)/gm),
    ...matches(bare, /^(?:pub\s+)?(?:fn|struct|enum|const|static|trait|type)\s+([A-Za-z_]\w*)/gm),
  ];
  const uses = matches(bare, /(?<![.\w:])([A-Za-z_]\w*)\b(?!\s*!)/g);
  return { defines, imports: [], uses: uses.filter((name) => !defines.includes(name)) };
}

/** Names bound and used in one scope of Python, in the order of the text. */
class Scope {
  readonly defines = new Set<string>();
  readonly imports = new Set<string>();
  readonly uses = new Set<string>();

  use(name: string): void {
    if (!this.defines.has(name) && !this.imports.has(name)) this.uses.add(name);
  }
}

const INNER = new Set([
  "FunctionDefinition",
  "LambdaExpression",
  "ComprehensionExpression",
  "ArrayComprehensionExpression",
  "SetComprehensionExpression",
  "DictionaryComprehensionExpression",
]);

function python(source: string): TextFacts {
  // Lines for the shell and magics are no Python.
  const text = source.replace(/^[ \t]*[!%].*$/gm, (line) => " ".repeat(line.length));
  const scope = new Scope();
  walk(parser.parse(text).topNode, text, scope);
  return { defines: [...scope.defines], imports: [...scope.imports], uses: [...scope.uses] };
}

function walk(node: SyntaxNode, text: string, scope: Scope): void {
  const name = (one: SyntaxNode) => text.slice(one.from, one.to);
  switch (node.name) {
    case "VariableName":
      scope.use(name(node));
      return;
    case "ImportStatement":
      for (const one of imported(node, text)) scope.imports.add(one);
      return;
    case "AssignStatement":
    case "UpdateStatement": {
      const children = childrenOf(node);
      const ends = children.findLastIndex(
        (one) => one.name === "AssignOp" || one.name === "UpdateOp",
      );
      // The value is read before the name is bound.
      for (const one of children.slice(ends + 1)) walk(one, text, scope);
      for (const one of children.slice(0, ends)) {
        if (node.name === "UpdateStatement") walk(one, text, scope);
        bind(one, text, scope);
      }
      return;
    }
    case "ForStatement":
    case "WithStatement":
      loops(node, text, scope);
      return;
    case "ClassDefinition": {
      const own = node.getChild("VariableName");
      inner(node, text, scope, own);
      if (own) scope.defines.add(name(own));
      return;
    }
  }
  if (INNER.has(node.name)) {
    const own = node.name === "FunctionDefinition" ? node.getChild("VariableName") : null;
    if (own) scope.defines.add(name(own));
    inner(node, text, scope, own);
    return;
  }
  for (const child of childrenOf(node)) walk(child, text, scope);
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

/** Binds the names of a target; `df["x"]` and `x.a` make a next version of what they change. */
function bind(target: SyntaxNode, text: string, scope: Scope): void {
  if (target.name === "VariableName") {
    scope.defines.add(text.slice(target.from, target.to));
    return;
  }
  if (target.name === "MemberExpression") {
    walk(target, text, scope);
    let base: SyntaxNode | null = target;
    while (base?.name === "MemberExpression") base = base.firstChild;
    if (base?.name === "VariableName") scope.defines.add(text.slice(base.from, base.to));
    return;
  }
  if (["TupleExpression", "ArrayExpression", "ParenthesizedExpression"].includes(target.name)) {
    for (const child of childrenOf(target)) bind(child, text, scope);
  }
}

/** `for a, b in c: …` and `with c as a: …`: what stands behind is read before. */
function loops(node: SyntaxNode, text: string, scope: Scope): void {
  const children = childrenOf(node);
  const body = children.findIndex((one) => one.name === "Body");
  const head = children.slice(0, body < 0 ? children.length : body);
  const at = head.findIndex((one) => one.name === (node.name === "ForStatement" ? "in" : "as"));
  if (node.name === "ForStatement") {
    for (const one of head.slice(at + 1)) walk(one, text, scope);
    for (const one of head.slice(0, Math.max(0, at))) bind(one, text, scope);
  } else {
    head.forEach((one, place) => {
      if (head[place - 1]?.name === "as") bind(one, text, scope);
      else walk(one, text, scope);
    });
  }
  for (const one of body < 0 ? [] : children.slice(body)) walk(one, text, scope);
}

/** A function, a class or a comprehension: what it binds for itself is nobody else's. */
function inner(node: SyntaxNode, text: string, outer: Scope, own: SyntaxNode | null): void {
  const scope = new Scope();
  const cursor = node.cursor();
  boundWithin(cursor, text, scope);
  for (const child of childrenOf(node)) {
    if (own && child.from === own.from) continue;
    walk(child, text, scope);
  }
  for (const name of scope.uses) outer.use(name);
}

/** Parameters and the targets of comprehensions, wherever in the node. */
function boundWithin(cursor: TreeCursor, text: string, scope: Scope): void {
  cursor.iterate((at) => {
    if (at.name === "ParamList") {
      for (const one of at.node.getChildren("VariableName")) {
        // What stands behind `=` is a default, read outside.
        if (one.prevSibling?.name !== "AssignOp") scope.defines.add(text.slice(one.from, one.to));
      }
      return false;
    }
    if (at.name === "for" && at.node.parent?.name.endsWith("ComprehensionExpression")) {
      let target = at.node.nextSibling;
      while (target && target.name !== "in") {
        bind(target, text, scope);
        target = target.nextSibling;
      }
    }
    return true;
  });
}

/** `import a.b as c` binds c, `import a.b` binds a, `from a import b, c as d` binds b and d. */
function imported(node: SyntaxNode, text: string): string[] {
  const words = text.slice(node.from, node.to).replace(/[()\\\n]/g, " ");
  const from = /^\s*from\s+\S+\s+import\s+(.*)$/s.exec(words);
  const list = from?.[1] ?? words.replace(/^\s*import\s+/, "");
  return list
    .split(",")
    .map((one) => {
      const [name = "", as] = one.trim().split(/\s+as\s+/);
      return as ?? (from ? name : (name.split(".")[0] ?? ""));
    })
    .filter((name) => /^[A-Za-z_]\w*$/.test(name));
}
