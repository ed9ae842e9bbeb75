/**
 * One cell's text as several people edit it (notebook rule 22).
 *
 * The server is the authority: it applies a change set only at the current version. What is
 * typed here waits on top until it comes back, and is rebased over what others did. A cell
 * that nobody looked at is a string; it becomes an editor's state when it is first seen, and
 * keeps that state (with its history) while it is scrolled away.
 */
import { collab, getSyncedVersion, receiveUpdates, sendableUpdates } from "@codemirror/collab";
import { isolateHistory } from "@codemirror/commands";
import {
  ChangeSet,
  type ChangeSpec,
  EditorState,
  type Extension,
  Text,
  type Transaction,
} from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { signal } from "@preact/signals";
import type { TextUpdate } from "../protocol/types.ts";

/** What the page sends of a cell: changes on top of a version. */
export interface Pending {
  version: number;
  updates: { changes: unknown }[];
}

/** Whoever types here, in the editor's own record: the page's number differs by connection. */
const ME = "me";

export class CellText {
  /** The text as the server has it. */
  private synced: Text;
  private version: number;
  private held: EditorState | null = null;
  private editor: EditorView | null = null;
  /** The version at which changes were sent that haven't come back. */
  private sentAt: number | null = null;

  constructor(
    source: string,
    version: number,
    private client: number,
  ) {
    this.synced = textOf(source);
    this.version = version;
  }

  /** The text as it is seen here. */
  get doc(): Text {
    return this.state?.doc ?? this.synced;
  }

  get source(): string {
    return this.doc.toString();
  }

  get state(): EditorState | null {
    return this.editor?.state ?? this.held;
  }

  get view(): EditorView | null {
    return this.editor;
  }

  /** Whether something was typed that the server hasn't confirmed. */
  get isPending(): boolean {
    const { state } = this;
    return state !== null && sendableUpdates(state).length > 0;
  }

  /** Counts how often the state was made anew: what an editor was told is to be told again. */
  readonly resets = signal(0);

  /** The state for an editor; made now if there was none. */
  open(extensions: () => Extension): EditorState {
    this.extensions ??= extensions;
    this.held ??= this.create(this.synced);
    return this.held;
  }

  private extensions: (() => Extension) | null = null;

  private create(doc: Text): EditorState {
    return EditorState.create({ doc, extensions: [this.extensions?.() ?? [], this.collab()] });
  }

  attach(view: EditorView): void {
    this.editor = view;
  }

  /** The editor goes; its state stays. */
  detach(): void {
    if (this.editor) this.held = this.editor.state;
    this.editor = null;
  }

  /** Changes the text as one who types would, in one step that can be taken back. */
  change(extensions: () => Extension, changes: ChangeSpec): void {
    this.open(extensions);
    this.dispatch((state) =>
      state.update({
        changes,
        userEvent: "input.replace",
        annotations: isolateHistory.of("full"),
      }),
    );
  }

  private collab(): Extension {
    return collab({ startVersion: this.version, clientID: ME });
  }

  private dispatch(make: (state: EditorState) => Transaction): void {
    if (this.editor) this.editor.dispatch(make(this.editor.state));
    else if (this.held) this.held = make(this.held).state;
  }

  /** Changes that apply to a version, in the server's order; known ones are passed over. */
  receive(version: number, updates: readonly TextUpdate[]): void {
    if (version > this.version) return;
    const fresh = updates.slice(this.version - version);
    if (fresh.length === 0) return;
    const parsed = fresh.map(({ client, changes }) => ({
      clientID: client === this.client ? ME : String(client),
      changes: ChangeSet.fromJSON(changes),
    }));
    for (const { changes } of parsed) this.synced = changes.apply(this.synced);
    this.version += fresh.length;
    this.dispatch((state) => receiveUpdates(state, parsed));
    // What was sent at an older version is confirmed by now, or was refused.
    this.sentAt = null;
    this.wasKept = false;
  }

  /**
   * The text as the server has it, because changes can't tell it. What is pending here may
   * be what the server could not take: it is kept once, and not a second time.
   */
  resync(source: string, version: number, client: number): void {
    this.reset(source, version, client, !this.wasKept);
    this.wasKept = this.isPending;
  }

  private wasKept = false;

  /**
   * The text as the server has it now, whatever came before: what is pending here is put on
   * top of it, unless the server has it already. Says whether it is another text.
   */
  reset(source: string, version: number, client: number, keep = true): boolean {
    const before = this.synced;
    const { state } = this;
    this.client = client;
    // A snapshot of what is known already: whoever types notices nothing.
    const isSame = before.length === source.length && before.toString() === source;
    if (isSame && version === this.version && keep) return false;
    this.version = version;
    this.synced = textOf(source);
    this.sentAt = null;
    if (!state) return !isSame;
    const pending = sendableUpdates(state)
      .map(({ changes }) => changes)
      .reduce<ChangeSet | null>((all, one) => (all ? all.compose(one) : one), null);
    const theirs = replacement(before, this.synced);
    const keeps = keep && pending !== null && !state.doc.eq(this.synced);
    const mine = keeps ? pending.map(theirs) : null;
    // The collaboration's own record can't be reset: a state made anew takes its place.
    const selection = state.selection;
    const fresh = this.create(this.synced);
    const length = fresh.doc.length + (mine ? mine.newLength - mine.length : 0);
    const at = (position: number) => Math.min(position, length);
    const next = mine ? fresh.update({ changes: mine }).state : fresh;
    const placed = next.update({
      selection: { anchor: at(selection.main.anchor), head: at(selection.main.head) },
    }).state;
    this.held = placed;
    this.editor?.setState(placed);
    this.resets.value += 1;
    return !isSame;
  }

  /** What to send now; null while an answer is awaited or nothing is pending. */
  take(): Pending | null {
    const { state } = this;
    if (!state || this.sentAt !== null) return null;
    const updates = sendableUpdates(state);
    if (updates.length === 0) return null;
    this.sentAt = getSyncedVersion(state);
    return {
      version: this.sentAt,
      updates: updates.map(({ changes }) => ({ changes: changes.toJSON() })),
    };
  }

  /** The connection was lost: what was sent may not have come. */
  forgetSent(): void {
    this.sentAt = null;
  }
}

export function textOf(source: string): Text {
  return Text.of(source.split("\n"));
}

/** The one change that makes `after` of `before`, as small as a common rim leaves it. */
export function replacement(before: Text, after: Text): ChangeSet {
  const old = before.toString();
  const fresh = after.toString();
  let from = 0;
  const shorter = Math.min(old.length, fresh.length);
  while (from < shorter && old[from] === fresh[from]) from += 1;
  let tail = 0;
  while (tail < shorter - from && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const insert = textOf(fresh.slice(from, fresh.length - tail));
  return ChangeSet.of({ from, to: old.length - tail, insert }, old.length);
}
