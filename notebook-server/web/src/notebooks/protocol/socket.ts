/** The notebook's socket: made anew when it is lost; the server then says all there is. */
import { signal } from "@preact/signals";
import { backOff } from "../../api/events.ts";
import type { Problem } from "../../api/problem.ts";
import { base } from "../../router.ts";
import { listSaves } from "../list/api.ts";
import type { PageFrame, ServerFrame } from "./types.ts";

/** A socket that `early.js` opened before this module was there, and what it heard. */
interface Early {
  address: string;
  socket: WebSocket;
  heard: MessageEvent[];
}

/** Takes the early socket, if it is of this address and still of use; there is but one. */
function takeEarly(address: string): Early | null {
  const holder = globalThis as { flownoteEarly?: Early | undefined };
  const early = holder.flownoteEarly;
  delete holder.flownoteEarly;
  if (!early) return null;
  const isUsable = early.socket.readyState <= WebSocket.OPEN;
  if (early.address === address && isUsable) return early;
  early.socket.close();
  return null;
}

export interface Listener {
  /** Frames in their order; a `hello` is the first. */
  heard(frame: ServerFrame): void;
  opened(): void;
  closed(): void;
}

export class Socket {
  /** `waiting` for the next try; `refused` when trying again is of no use. */
  readonly state = signal<"opening" | "open" | "waiting" | "refused">("opening");
  readonly reason = signal("");
  private socket: WebSocket | null = null;
  private timer = 0;
  private failures = 0;
  private over = false;

  constructor(
    private readonly path: string,
    private readonly listener: Listener,
  ) {
    this.open();
  }

  send(frame: PageFrame): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Tries at once, when somebody asks for it. */
  again(): void {
    clearTimeout(this.timer);
    this.failures = 0;
    if (this.state.peek() !== "open") this.open();
  }

  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  private address(): string {
    const query = new URLSearchParams({ path: this.path });
    return `${location.origin.replace(/^http/, "ws")}${base}/api/notebooks/socket?${query}`;
  }

  private open(): void {
    this.state.value = "opening";
    const early = takeEarly(this.address());
    const socket = early?.socket ?? new WebSocket(this.address());
    this.socket = socket;
    const opened = () => {
      this.failures = 0;
      this.state.value = "open";
      this.listener.opened();
    };
    const heard = (message: MessageEvent) => this.listener.heard(JSON.parse(message.data));
    socket.onopen = opened;
    socket.onmessage = heard;
    socket.onclose = () => {
      if (this.over) return;
      const wasOpen = this.state.peek() === "open";
      this.listener.closed();
      if (!wasOpen) void this.explain();
      this.failures += 1;
      this.state.value = "waiting";
      this.timer = window.setTimeout(() => this.open(), backOff(this.failures, Math.random()));
    };
    if (!early) return;
    // Who listens is still being made when this is.
    queueMicrotask(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      opened();
      for (const message of early.heard) heard(message);
    });
  }

  /** A browser doesn't tell why it got no socket: a plain question does. */
  private async explain(): Promise<void> {
    try {
      await listSaves(this.path);
    } catch (error) {
      const { status, what, hint } = error as Problem;
      // Whoever isn't logged in, or asks for what isn't there, needn't try again.
      if (![400, 401, 403, 404].includes(status)) return;
      clearTimeout(this.timer);
      this.reason.value = hint ? `${what}; ${hint}` : what;
      this.state.value = "refused";
    }
  }
}
