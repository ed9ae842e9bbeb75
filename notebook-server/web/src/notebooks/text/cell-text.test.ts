import { ChangeSet } from "@codemirror/state";
import { expect, test } from "vitest";
import { CellText, replacement, textOf } from "./cell-text.ts";

/** The server of notebook rule 22: a change set applies at the current version, or not at all. */
class Server {
  text = textOf("");
  log: { client: number; changes: unknown }[] = [];

  constructor(source: string) {
    this.text = textOf(source);
  }

  take(client: number, page: CellText): boolean {
    const sent = page.take();
    if (!sent) return false;
    if (sent.version !== this.log.length) {
      page.receive(sent.version, this.log.slice(sent.version));
      return false;
    }
    for (const { changes } of sent.updates) {
      this.text = ChangeSet.fromJSON(changes).apply(this.text);
      this.log.push({ client, changes });
    }
    return true;
  }

  tell(page: CellText, version: number): void {
    page.receive(version, this.log.slice(version));
  }
}

function type(page: CellText, from: number, insert: string, to = from): void {
  const state = page.open(() => []);
  const next = (page.state ?? state).update({ changes: { from, to, insert } }).state;
  // Without an editor the state is all there is.
  (page as unknown as { held: typeof next }).held = next;
}

test("two people type at once and see the same in the end", () => {
  const server = new Server("x = 1");
  const ana = new CellText("x = 1", 0, 1);
  const ben = new CellText("x = 1", 0, 2);
  type(ana, 5, "0");
  type(ben, 0, "# ben\n");
  expect(server.take(1, ana)).toBe(true);
  // Ben is behind: he is told what he missed, and sends his own on top of it.
  expect(server.take(2, ben)).toBe(false);
  expect(ben.source).toBe("# ben\nx = 10");
  expect(server.take(2, ben)).toBe(true);
  server.tell(ana, 0);
  server.tell(ben, 0);
  expect(server.text.toString()).toBe("# ben\nx = 10");
  expect(ana.source).toBe("# ben\nx = 10");
  expect(ben.source).toBe("# ben\nx = 10");
  expect(ana.isPending).toBe(false);
  expect(ben.isPending).toBe(false);
});

test("what is on its way isn't sent twice", () => {
  const page = new CellText("", 0, 1);
  type(page, 0, "a");
  expect(page.take()?.version).toBe(0);
  expect(page.take()).toBeNull();
  page.forgetSent();
  expect(page.take()?.version).toBe(0);
});

test("a cell that was never opened follows what others type", () => {
  const server = new Server("a");
  const writer = new CellText("a", 0, 1);
  const reader = new CellText("a", 0, 2);
  type(writer, 1, "b");
  server.take(1, writer);
  server.tell(reader, 0);
  server.tell(reader, 0);
  expect(reader.source).toBe("ab");
});

test("a connection made anew keeps what was typed meanwhile", () => {
  const page = new CellText("one\n", 3, 1);
  type(page, 4, "two");
  page.reset("# a\none\n", 9, 4);
  expect(page.source).toBe("# a\none\ntwo");
  expect(page.take()?.version).toBe(9);
});

test("what the server has already isn't put on top a second time", () => {
  const page = new CellText("one\n", 3, 1);
  type(page, 4, "two");
  page.reset("one\ntwo", 4, 4);
  expect(page.source).toBe("one\ntwo");
  expect(page.isPending).toBe(false);
});

test("an edit that the server can't take is given up the second time", () => {
  const page = new CellText("a", 0, 1);
  type(page, 1, "\ud800");
  page.take();
  page.resync("a", 0, 1);
  expect(page.isPending).toBe(true);
  page.take();
  page.resync("a", 0, 1);
  expect(page.source).toBe("a");
  expect(page.isPending).toBe(false);
});

test("a replacement is as small as the common rim leaves it", () => {
  const change = replacement(textOf("abcdef"), textOf("abXdef"));
  expect(change.toJSON()).toEqual([2, [1, "X"], 3]);
  expect(change.apply(textOf("abcdef")).toString()).toBe("abXdef");
});

test("a snapshot of what is known already leaves the editor alone", () => {
  const page = new CellText("one", 3, 1);
  type(page, 3, "!");
  const state = page.state;
  expect(page.reset("one", 3, 9)).toBe(false);
  expect(page.state).toBe(state);
  expect(page.reset("two", 4, 9)).toBe(true);
});
