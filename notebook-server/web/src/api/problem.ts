/** What went wrong, as every part of Flownote says it: what, where, what to do now. */

export interface ProblemText {
  what: string;
  where: string | null;
  hint: string | null;
}

/** An answer of the server that is no success, or no answer at all. */
export class Problem extends Error implements ProblemText {
  readonly where: string | null;
  readonly hint: string | null;
  /** The HTTP status; 0 when the server didn't answer. */
  readonly status: number;

  constructor(text: ProblemText, status: number) {
    super(text.what);
    this.name = "Problem";
    this.where = text.where;
    this.hint = text.hint;
    this.status = status;
  }

  get what(): string {
    return this.message;
  }
}

/** Any thrown thing as a problem that can be shown. */
export function asProblem(error: unknown): ProblemText {
  if (error instanceof Problem) return error;
  const what = error instanceof Error ? error.message : String(error);
  return { what, where: null, hint: null };
}

/** What a failed answer says; a body that isn't ours (a proxy's) gives what the status says. */
export function problemOf(status: number, body: unknown): Problem {
  const told = (body as { error?: Partial<ProblemText> } | null)?.error;
  if (told && typeof told === "object" && typeof told.what === "string") {
    return new Problem(
      { what: told.what, where: told.where ?? null, hint: told.hint ?? null },
      status,
    );
  }
  const what =
    status === 401 || status === 403
      ? "you are not logged in"
      : `the server answered with status ${status}`;
  const hint =
    status === 401 || status === 403
      ? "run `flownote ui --url` and open the address that it prints"
      : "look at what `flownote ui` printed in its terminal";
  return new Problem({ what, where: null, hint }, status);
}

/** The server did not answer. */
export function unreachable(): Problem {
  return new Problem(
    {
      what: "the server does not answer",
      where: null,
      hint: "is `flownote ui` still running? This page goes on by itself when it is back",
    },
    0,
  );
}
