/** The mark of a notebook that has a kernel: in the list with its word, in the pane alone. */

export function RunningMark({ brief = false }: { brief?: boolean }) {
  const side = brief ? 7 : 9;
  return (
    <span class="state tone-run" title="A kernel runs for it">
      <svg width={side} height={side} viewBox="0 0 12 12" aria-hidden="true">
        <circle cx="6" cy="6" r="5" fill="currentColor" />
      </svg>
      {brief ? <span class="aloud">a kernel runs for it</span> : "kernel"}
    </span>
  );
}
