/** A widget's model, as anywidget's modules see it: `get`, `set`, `save_changes`, `on`, `send`. */
import type { State, ToPage } from "../words.ts";

type Callback = (...words: never[]) => unknown;

export class Model {
  private readonly callbacks = new Map<string, Set<Callback>>();
  private changed = new Set<string>();
  readonly widget_manager: { get_model(id: string): Promise<Model> };

  constructor(
    readonly id: string,
    private readonly state: State,
    private readonly tell: (word: ToPage) => void,
    find: (id: string) => Promise<Model>,
  ) {
    this.widget_manager = { get_model: find };
  }

  get model_id(): string {
    return this.id;
  }

  get(key: string): unknown {
    return this.state[key];
  }

  set(key: string | State, value?: unknown): void {
    const changes = typeof key === "string" ? { [key]: value } : key;
    for (const [name, next] of Object.entries(changes)) {
      if (Object.is(this.state[name], next)) continue;
      this.state[name] = next;
      this.changed.add(name);
      this.fire(`change:${name}`, this, next, {});
    }
    this.fire("change", this, {});
  }

  /** Tells the kernel what was set. */
  save_changes(): void {
    if (this.changed.size === 0) return;
    const state = Object.fromEntries([...this.changed].map((name) => [name, this.state[name]]));
    this.changed = new Set();
    this.tell({ say: "update", id: this.id, state });
  }

  on(event: string, callback: Callback): void {
    for (const name of event.split(/\s+/)) {
      this.callbacks.set(name, (this.callbacks.get(name) ?? new Set()).add(callback));
    }
  }

  off(event?: string | null, callback?: Callback | null): void {
    for (const [name, all] of this.callbacks) {
      if (event && !event.split(/\s+/).includes(name)) continue;
      if (callback) all.delete(callback);
      else all.clear();
    }
  }

  send(
    content: unknown,
    _callbacks?: unknown,
    buffers: (ArrayBuffer | ArrayBufferView)[] = [],
  ): void {
    const copies = buffers.map((one) => bytes(one).slice().buffer as ArrayBuffer);
    this.tell({ say: "custom", id: this.id, content, buffers: copies });
  }

  /** The kernel's state changed. */
  take(state: State): void {
    const names = Object.keys(state).filter((name) => !Object.is(this.state[name], state[name]));
    Object.assign(this.state, state);
    for (const name of names) this.fire(`change:${name}`, this, state[name], {});
    if (names.length > 0) this.fire("change", this, {});
  }

  close(): void {
    this.fire("comm:close");
    this.callbacks.clear();
  }

  fire(event: string, ...words: unknown[]): void {
    for (const callback of [...(this.callbacks.get(event) ?? [])]) callback(...(words as never[]));
  }

  /** What anywidget gives its modules beside the model. */
  extras(): object {
    return {
      experimental: {
        invoke: (name: string, msg: unknown, more = {}) => this.invoke(name, msg, more),
      },
    };
  }

  /** Asks a method of the kernel's widget (`@anywidget.experimental.command`). */
  private invoke(
    name: string,
    msg: unknown,
    {
      buffers = [],
      signal = AbortSignal.timeout(3000),
    }: { buffers?: ArrayBuffer[]; signal?: AbortSignal },
  ): Promise<[unknown, DataView[]]> {
    const id = crypto.randomUUID?.() ?? `${Math.random()}`;
    return new Promise((done, failed) => {
      const heard = (said: { id?: string; response?: unknown }, views: DataView[]) => {
        if (said?.id !== id) return;
        this.off("msg:custom", heard);
        done([said.response, views]);
      };
      this.on("msg:custom", heard);
      signal.addEventListener("abort", () => {
        this.off("msg:custom", heard);
        failed(signal.reason);
      });
      this.send({ id, kind: "anywidget-command", name, msg }, undefined, buffers);
    });
  }
}

function bytes(one: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (one instanceof ArrayBuffer) return new Uint8Array(one);
  return new Uint8Array(one.buffer as ArrayBuffer, one.byteOffset, one.byteLength);
}
