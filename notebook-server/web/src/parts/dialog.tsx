/** A dialog over the page: the browser's own, so that focus stays in it and comes back. */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.tsx";

interface Props {
  title: string;
  close: () => void;
  wide?: boolean;
  children: ComponentChildren;
}

export function Dialog({ title, close, wide = false, children }: Props) {
  const id = useId();
  return (
    <Veil close={close} labelledBy={id}>
      <div class={`sheet ${wide ? "wide" : ""}`}>
        <header>
          <h2 id={id} class="grow">
            {title}
          </h2>
          <button type="button" class="btn quiet icon" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        <div class="inside">{children}</div>
      </div>
    </Veil>
  );
}

interface VeilProps {
  close: () => void;
  labelledBy?: string;
  label?: string;
  children: ComponentChildren;
}

/** The bare modal: closed by Escape and by a click beside it. */
export function Veil({ close, labelledBy, label, children }: VeilProps) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    const before = document.activeElement as HTMLElement | null;
    dialog?.showModal();
    return () => {
      // While it is open nothing behind it takes the focus.
      dialog?.close();
      before?.focus?.();
    };
  }, []);
  return (
    <dialog
      ref={box}
      class="veil"
      aria-labelledby={labelledBy}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === box.current) close();
      }}
    >
      {children}
    </dialog>
  );
}
