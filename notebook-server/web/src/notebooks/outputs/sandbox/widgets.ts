/**
 * Widgets of the kernel, by their connections (Jupyter's widget protocol, version 2): what
 * each holds, as the kernel told it. They are drawn in the sandbox; the page keeps them, so
 * that the sandbox can be begun anew.
 */
import type { Comm, JsonValue, NotebookEvent, Reply } from "../../protocol/types.ts";
import { type Packed, type Path, pack, unpack } from "./buffers.ts";
import type { State, ToFrame } from "./words.ts";

/** Where ipywidgets tells of all widgets that there are. */
const CONTROL = "jupyter.widget.control";
const WIDGET = "jupyter.widget";

/** Who hears of widgets: the sandbox. */
type Listener = (word: ToFrame) => void;

export class Widgets {
  readonly models = new Map<string, State>();
  /** Models whose kernel is gone. */
  private readonly gone = new Set<string>();
  private listener: Listener | null = null;
  /** Updates under way, whose echo says nothing new: `id key` → how many. */
  private readonly echoes = new Map<string, number>();
  private control: string | null = null;
  private readonly wanted = new Set<string>();

  constructor(private readonly send: (comm: Comm) => Promise<Reply>) {}

  /** Whoever listens is told what there is first. */
  listen(listener: Listener | null): void {
    this.listener = listener;
    if (!listener) return;
    for (const [id, state] of this.models) listener({ say: "model", id, state });
    for (const id of this.gone) listener({ say: "closed", id });
  }

  /** A snapshot came: what was said before it may be lost. */
  greeted(): void {
    this.control = null;
    this.echoes.clear();
    if (this.wanted.size > 0 || this.models.size > 0) this.askForAll();
  }

  event(event: NotebookEvent): void {
    if (event.event === "comm") this.heard(event.comm);
    else if (event.event === "interpreter" && event.language === "python") {
      if (event.state === "starting" || event.state === "ended") this.forget();
    } else if (event.event === "ended") this.forget();
  }

  /** The sandbox shows a widget that it doesn't know. */
  want(id: string): void {
    if (this.models.has(id) || this.gone.has(id) || this.wanted.has(id)) return;
    this.wanted.add(id);
    this.askForAll();
  }

  /** A widget's state was changed where it is drawn. */
  update(id: string, state: State): void {
    const known = this.models.get(id);
    if (!known) return;
    Object.assign(known, state);
    for (const key of Object.keys(state)) this.count(id, key, 1);
    const { value, paths, buffers } = pack(state);
    this.say(id, { method: "update", state: value, buffer_paths: paths }, buffers);
  }

  /** A widget says something of its own. */
  custom(id: string, content: unknown, buffers: ArrayBuffer[]): void {
    if (!this.models.has(id)) return;
    const encoded = pack(buffers.map((one) => new DataView(one))).buffers;
    this.say(id, { method: "custom", content: content as JsonValue }, encoded);
  }

  private say(id: string, data: Record<string, unknown>, buffers: string[]): void {
    const comm = { id, kind: "message", data, buffers, metadata: null } as Comm;
    // What doesn't arrive is seen: the kernel's state stays as it was.
    this.send(comm).catch(() => {});
  }

  private count(id: string, key: string, by: number): number {
    const name = `${id} ${key}`;
    const now = (this.echoes.get(name) ?? 0) + by;
    if (now > 0) this.echoes.set(name, now);
    else this.echoes.delete(name);
    return now;
  }

  private heard(comm: Comm): void {
    const data = (comm.data ?? {}) as Record<string, unknown>;
    const packed = { paths: pathsOf(data.buffer_paths), buffers: comm.buffers ?? [] };
    if (comm.id === this.control) {
      if (data.method === "update_states") this.all({ value: data.states, ...packed });
      return;
    }
    if (comm.kind === "open" && comm.target === WIDGET) {
      this.model(comm.id, unpack({ value: data.state ?? {}, ...packed }) as State);
    } else if (comm.kind === "close" && this.models.delete(comm.id)) {
      this.close(comm.id);
    } else if (comm.kind === "message") this.message(comm.id, data, packed);
  }

  private message(id: string, data: Record<string, unknown>, packed: Omit<Packed, "value">): void {
    const known = this.models.get(id);
    if (!known) return;
    if (data.method === "custom") {
      const buffers = packed.buffers.map((one) => Uint8Array.from(atob(one), code).buffer);
      this.listener?.({ say: "custom", id, content: data.content, buffers });
      return;
    }
    if (data.method !== "update" && data.method !== "echo_update") return;
    const state = unpack({ value: data.state ?? {}, ...packed }) as State;
    if (data.method === "echo_update") {
      for (const key of Object.keys(state)) {
        if (!this.echoes.has(`${id} ${key}`)) continue;
        this.count(id, key, -1);
        delete state[key];
      }
    }
    if (Object.keys(state).length === 0) return;
    Object.assign(known, state);
    this.listener?.({ say: "update", id, state });
  }

  private model(id: string, state: State): void {
    this.wanted.delete(id);
    this.gone.delete(id);
    this.models.set(id, state);
    this.listener?.({ say: "model", id, state });
  }

  private close(id: string): void {
    this.gone.add(id);
    this.listener?.({ say: "closed", id });
  }

  /** The kernel's process is gone, and with it every widget. */
  private forget(): void {
    const ids = [...this.models.keys(), ...this.wanted];
    this.models.clear();
    this.wanted.clear();
    this.echoes.clear();
    this.control = null;
    for (const id of ids) this.close(id);
  }

  /** Asks for every widget that there is: what was said before this page came. */
  private askForAll(): void {
    if (this.control) return;
    const id = crypto.randomUUID?.() ?? `${Math.random()}`.slice(2);
    this.control = id;
    const open = { id, kind: "open", target: CONTROL, data: {}, metadata: { version: "1.0.0" } };
    const ask = { id, kind: "message", data: { method: "request_states" }, metadata: null };
    Promise.all([
      this.send({ ...open, buffers: [] } as Comm),
      this.send({ ...ask, buffers: [] } as Comm),
    ]).catch(() => {
      this.control = null;
    });
  }

  private all(packed: Packed): void {
    this.control = null;
    const states = unpack(packed) as Record<string, { state?: State }>;
    for (const [id, { state }] of Object.entries(states)) this.model(id, state ?? {});
    for (const id of this.wanted) this.close(id);
    this.wanted.clear();
  }
}

const code = (character: string): number => character.charCodeAt(0);

function pathsOf(value: unknown): Path[] {
  return Array.isArray(value) ? (value as Path[]) : [];
}
