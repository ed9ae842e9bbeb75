/** Copies a text, and says so. */
import { useSignal } from "@preact/signals";
import { tell, tellProblem } from "../state/toasts.ts";
import { Icon } from "./icon.tsx";

export async function copy(text: string, what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    tellProblem(new Error(`the browser doesn't let the page copy ${what}`));
    return false;
  }
}

export function CopyButton({ text, what }: { text: string; what: string }) {
  const done = useSignal(false);
  const click = async () => {
    if (!(await copy(text, what))) return;
    done.value = true;
    setTimeout(() => {
      done.value = false;
    }, 1500);
    tell(`Copied ${what}`);
  };
  return (
    <button
      type="button"
      class="btn quiet icon small"
      aria-label={`Copy ${what}`}
      title={`Copy ${what}`}
      onClick={click}
    >
      <Icon name={done.value ? "check" : "copy"} size={13} />
    </button>
  );
}
