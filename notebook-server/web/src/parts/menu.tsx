/** A button with a menu, as WAI-ARIA has it: arrows move, Enter chooses, Escape closes. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { nextIndex } from "./roving.ts";

export interface MenuItem {
  id: string;
  title: ComponentChildren;
  keys?: string | undefined;
  /** One of several of which one holds: whether this is it. */
  checked?: boolean;
  disabled?: boolean;
  /** A line above it. */
  begins?: boolean;
  run: () => void;
}

interface Props {
  label: string;
  class?: string;
  title?: string;
  items: () => MenuItem[];
  children: ComponentChildren;
  /** Which edges of the button and the menu meet. */
  align?: "left" | "right";
}

export function MenuButton({
  label,
  class: look = "btn",
  title,
  items,
  children,
  align = "left",
}: Props) {
  const isOpen = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = (refocus: boolean) => {
    isOpen.value = false;
    if (refocus) button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={look}
        title={title}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        aria-controls={isOpen.value ? id : undefined}
        onClick={(event) => {
          event.stopPropagation();
          isOpen.value = !isOpen.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" || isOpen.value) return;
          event.preventDefault();
          event.stopPropagation();
          isOpen.value = true;
        }}
      >
        {children}
      </button>
      {isOpen.value && (
        <Menu
          id={id}
          label={label}
          items={items()}
          at={button.current}
          align={align}
          close={close}
        />
      )}
    </>
  );
}

interface ListProps {
  id: string;
  label: string;
  items: MenuItem[];
  at: HTMLElement | null;
  align: "left" | "right";
  close: (refocus: boolean) => void;
}

function Menu({ id, label, items, at, align, close }: ListProps) {
  const list = useRef<HTMLDivElement>(null);

  // In the top layer: no box that scrolls cuts it off.
  useLayoutEffect(() => {
    const menu = list.current;
    if (!menu || !at) return;
    menu.showPopover?.();
    const button = at.getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    const left = align === "left" ? button.left : button.right - width;
    const fitsBelow = button.bottom + 4 + height < innerHeight;
    menu.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`;
    menu.style.top = `${fitsBelow ? button.bottom + 4 : Math.max(4, button.top - height - 4)}px`;
    // Where all are one choice, one begins with what holds.
    const isChoice = items.every((item) => item.checked !== undefined);
    focusItem(
      isChoice
        ? Math.max(
            0,
            items.findIndex((item) => item.checked),
          )
        : 0,
    );
  }, []);

  useEffect(() => {
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!list.current?.contains(target) && !at?.contains(target)) close(false);
    };
    const away = () => close(false);
    document.addEventListener("pointerdown", outside, true);
    addEventListener("resize", away);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      removeEventListener("resize", away);
    };
  }, []);

  const buttons = () => [
    ...(list.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? []),
  ];
  const focusItem = (place: number) => buttons()[place]?.focus();

  const keydown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const all = buttons();
    const here = all.indexOf(document.activeElement as HTMLElement);
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close(true);
      return;
    }
    const wraps =
      (event.key === "ArrowDown" && here === all.length - 1) ||
      (event.key === "ArrowUp" && here === 0);
    const isLetter =
      event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ";
    const next = isLetter
      ? startingWith(all, event.key, here)
      : wraps
        ? event.key === "ArrowDown"
          ? 0
          : all.length - 1
        : nextIndex(event.key, here, all.length, "vertical");
    if (next === null) return;
    event.preventDefault();
    focusItem(next);
  };

  return (
    <div
      id={id}
      ref={list}
      class="menu"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      popover="manual"
      onKeyDown={keydown}
    >
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          class={item.begins ? "begins" : ""}
          role={item.checked === undefined ? "menuitem" : "menuitemradio"}
          {...(item.checked === undefined ? {} : { "aria-checked": item.checked })}
          aria-disabled={item.disabled}
          tabIndex={-1}
          // One row is lit: that of the keys, until the pointer moves.
          onPointerMove={(event) => event.currentTarget.focus({ preventScroll: true })}
          onClick={(event) => {
            event.stopPropagation();
            if (item.disabled) return;
            close(true);
            item.run();
          }}
        >
          <span class="check" aria-hidden="true">
            {item.checked ? "✓" : ""}
          </span>
          <span class="grow">{item.title}</span>
          {item.keys && <kbd>{item.keys}</kbd>}
        </button>
      ))}
    </div>
  );
}

/** The next item after `here` that begins with a letter. */
function startingWith(items: HTMLElement[], letter: string, here: number): number | null {
  for (let step = 1; step <= items.length; step += 1) {
    const at = (here + step) % items.length;
    const text = items[at]?.textContent?.replace("✓", "").trim().toLowerCase() ?? "";
    if (text.startsWith(letter.toLowerCase())) return at;
  }
  return null;
}
