/** Toasts on the page: what was done politely, what failed at once. */
import { Icon } from "../parts/icon.tsx";
import { Words } from "../parts/words.tsx";
import { href } from "../router.ts";
import { dismiss, toasts } from "../state/toasts.ts";

export function Toasts() {
  return (
    <div class="toasts" role="region" aria-label="Messages" aria-live="polite">
      {toasts.value.map((toast) => (
        <div
          key={toast.id}
          class={`toast ${toast.kind}`}
          role={toast.kind === "error" ? "alert" : undefined}
        >
          <span class={toast.kind === "error" ? "tone-fail" : "tone-fresh"}>
            <Icon name={toast.kind === "error" ? "alert" : "check"} />
          </span>
          <div class="grow">
            <p style={{ overflowWrap: "anywhere" }}>
              <Words text={toast.text} />
            </p>
            {toast.hint && (
              <p class="dim">
                hint: <Words text={toast.hint} />
              </p>
            )}
            {toast.link && (
              <a class="link" href={href(toast.link.address)}>
                {toast.link.text}
              </a>
            )}
          </div>
          {toast.action && (
            <button
              type="button"
              class="btn small"
              onClick={() => {
                dismiss(toast.id);
                toast.action?.act();
              }}
            >
              {toast.action.text}
            </button>
          )}
          <button
            type="button"
            class="btn quiet icon small"
            aria-label="Dismiss"
            onClick={() => dismiss(toast.id)}
          >
            <Icon name="close" size={12} />
          </button>
        </div>
      ))}
    </div>
  );
}
