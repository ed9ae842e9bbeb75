/** An error: what it is, where it came through, what to do. Lines of cells are links. */
import { useSignal } from "@preact/signals";
import { count } from "../../format/format.ts";
import { Ansi } from "../../parts/ansi.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { Words } from "../../parts/words.tsx";
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
  const saysMore = traceback.some((line) => !isSaid(error, stripped(line)));
  const showsText = isWhole.value || (frames.length === 0 && saysMore);
  return (
    <div class="error-output" role="group" aria-label={`Error: ${error.name}`}>
      <p class="what">
        <span class="name">{error.name}</span>
        {error.message && (
          <>
            :{" "}
            <span class="message">
              <Words text={error.message} />
            </span>
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
      {error.hint && (
        <p class="hint">
          hint: <Words text={error.hint} />
        </p>
      )}
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
      {(frame.repeated ?? 0) > 0 && (
        <span class="dim repeated">… repeated {count(frame.repeated ?? 0, "time")}</span>
      )}
    </li>
  );
}

/** Whether a line of the traceback stands above or below it anyway. */
export function isSaid({ name, message, hint }: ErrorOutput, line: string): boolean {
  const said = line.trim();
  const all = [name, message, `${name}: ${message}`, hint ? `hint: ${hint}` : ""];
  return all.includes(said) || message.split("\n").includes(said);
}

/** What tells a file from others: its last two parts. */
function shortFile(file: string | null | undefined): string {
  return file ? file.split("/").slice(-2).join("/") : "elsewhere";
}

function stripped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are control characters
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
