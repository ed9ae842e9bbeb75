/** What stands where content would: nothing yet, nothing found, something failed, loading. */
import type { ComponentChildren } from "preact";
import type { ProblemText } from "../api/problem.ts";
import { CopyButton } from "./copy.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { Words } from "./words.tsx";

interface EmptyProps {
  icon: IconName;
  title: string;
  /** Whether it is all of the page, and its title the page's. */
  isPage?: boolean;
  children?: ComponentChildren;
}

/** An honest emptiness: what would be here, and what to do for it. */
export function Empty({ icon, title, isPage = false, children }: EmptyProps) {
  return (
    <div class="empty">
      <Icon name={icon} size={32} />
      {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}

/** A command to type in a shell, with a button that copies it. */
export function Command({ children }: { children: string }) {
  return (
    <span class="command">
      <code>{children}</code>
      <CopyButton text={children} what="the command" />
    </span>
  );
}

interface ProblemProps {
  problem: ProblemText;
  tone?: "fail" | "warn";
  again?: (() => void) | undefined;
  children?: ComponentChildren;
}

/** What, where, what now. */
export function ProblemNote({ problem, tone = "fail", again, children }: ProblemProps) {
  return (
    <div class={`problem ${tone}`} role={tone === "fail" ? "alert" : undefined}>
      <Icon name="alert" />
      <div class="grow">
        <p class="what">
          <Words text={problem.what} />
        </p>
        {problem.where && <p class="where">{problem.where}</p>}
        {problem.hint && (
          <p class="hint">
            hint: <Words text={problem.hint} />
          </p>
        )}
        {children}
      </div>
      {again && (
        <button type="button" class="btn small" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Grey lines in the shape of what comes. Shown only when it takes longer than a blink. */
export function Skeleton({ lines = 6, label = "loading" }: { lines?: number; label?: string }) {
  const widths = [62, 88, 74, 93, 55, 80];
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} style={{ width: `${widths[line % widths.length]}%` }} />
      ))}
    </div>
  );
}
