/** The notebook's socket: made anew when it is lost, from the event that comes next. */
import { signal } from "@preact/signals";
import { backOff } from "../../api/events.ts";
import { base } from "../../router.ts";
import type { PageFrame, ServerFrame } from "./types.ts";

export interface Listener {
  /** The number of the next event that isn't known, or null to begin with a snapshot. */
  from(): number | null;
  /** Frames in their order. */
  heard(frame: ServerFrame): void;
  opened(): void;
  closed(): void;
}

/** Closed by the server for good: there is no such notebook, or the login is over. */
const REFUSED = 4000;

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
    const from = this.listener.from();
    if (from !== null) query.set("from", String(from));
    return `${location.origin.replace(/^http/, "ws")}${base}/api/notebooks/socket?${query}`;
  }

  private open(): void {
    this.state.value = "opening";
    const socket = new WebSocket(this.address());
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      this.state.value = "open";
      this.listener.opened();
    };
    socket.onmessage = (message) => this.listener.heard(JSON.parse(message.data as string));
    socket.onclose = (event) => {
      if (this.over) return;
      this.listener.closed();
      if (event.code >= REFUSED) {
        this.reason.value = event.reason;
        this.state.value = "refused";
        return;
      }
      this.failures += 1;
      this.state.value = "waiting";
      this.timer = window.setTimeout(() => this.open(), backOff(this.failures, Math.random()));
    };
  }
}
