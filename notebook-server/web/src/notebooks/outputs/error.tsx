/** An error: what it is, where it came through, what to do. Lines of cells are links. */
import { useSignal } from "@preact/signals";
import { Ansi } from "../../parts/ansi.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import type { Desk } from "../model/desk.ts";
import type { ErrorOutput, Frame } from "../protocol/types.ts";

interface Props {
  desk: Desk;
  error: ErrorOutput;
}

export function ErrorView({ desk, error }: Props) {
  const isWhole = useSignal(false);
  const frames = error.frames ?? [];
  const traceback = error.traceback ?? [];
  const plain = stripped(traceback.join("\n")) || `${error.name}: ${error.message}`;
  // A file of another program has no frames: its traceback is all there is.
  const showsText = isWhole.value || (frames.length === 0 && traceback.length > 0);
  return (
    <div class="error-output" role="group" aria-label={`Error: ${error.name}`}>
      <p class="what">
        <span class="name">{error.name}</span>
        {error.message && (
          <>
            : <span class="message">{error.message}</span>
          </>
        )}
      </p>
      {frames.length > 0 && !isWhole.value && (
        <ol class="frames">
          {frames.map((frame, at) => (
            <FrameLine key={at} desk={desk} frame={frame} />
          ))}
        </ol>
      )}
      {showsText && (
        <pre class="traceback" tabIndex={0} role="region" aria-label="Traceback">
          {traceback
            .join("\n")
            .split("\n")
            .map((line, at) => (
              <span key={at}>
                <Ansi line={line} />
                {"\n"}
              </span>
            ))}
        </pre>
      )}
      {error.hint && <p class="hint">hint: {error.hint}</p>}
      <p class="line note">
        {frames.length > 0 && traceback.length > 0 && (
          <button
            type="button"
            class="text-button"
            aria-expanded={isWhole.value}
            onClick={() => {
              isWhole.value = !isWhole.value;
            }}
          >
            {isWhole.value ? "Lines only" : "Whole traceback"}
          </button>
        )}
        <CopyButton text={plain} what="the error" />
      </p>
    </div>
  );
}

function FrameLine({ desk, frame }: { desk: Desk; frame: Frame }) {
  const { cell } = frame;
  const number = cell ? desk.numbers.value.get(cell) : undefined;
  const where = number
    ? `cell ${number}, line ${frame.line}`
    : `${shortFile(frame.file)}, line ${frame.line}`;
  return (
    <li>
      {cell && number ? (
        <button type="button" class="text-button" onClick={() => desk.goTo(cell, true, frame.line)}>
          {where}
        </button>
      ) : (
        <span class="dim" title={frame.file ?? undefined}>
          {where}
        </span>
      )}
      {frame.name && frame.name !== "<module>" && <span class="dim"> in {frame.name}</span>}
      {frame.text && <code>{frame.text.trim()}</code>}
    </li>
  );
}

/** What tells a file from others: its last two parts. */
function shortFile(file: string | null | undefined): string {
  return file ? file.split("/").slice(-2).join("/") : "elsewhere";
}

function stripped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are control characters
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
