import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { classes } from './classes';
import { CheckIcon } from './icons';
import styles from './Menu.module.css';

export interface MenuItem {
  /** Tells items of the same name apart. */
  key?: string;
  label: string;
  icon?: ReactNode;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
  /** Makes the item one choice out of several. */
  checked?: boolean;
  /** A line above the item. */
  separated?: boolean;
}

/** What the button that opens the menu must carry. */
export interface MenuTrigger {
  ref: (element: HTMLButtonElement | null) => void;
  'aria-haspopup': 'menu';
  'aria-expanded': boolean;
  'aria-controls': string;
  onClick: () => void;
}

interface MenuProps {
  /** Names the menu for screen readers. */
  label: string;
  items: MenuItem[];
  trigger: (wiring: MenuTrigger) => ReactNode;
}

const GAP = 4;
const EDGE = 8;

/** A button with a list of actions; arrows, Home, End, letters and Escape work as in a desktop menu. */
export function Menu({ label, items, trigger }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  function show(): void {
    list.current?.showPopover();
    place(list.current, button.current);
    focusAt(0);
  }

  function hide(): void {
    list.current?.hidePopover();
    button.current?.focus();
  }

  function entries(): HTMLElement[] {
    return [...(list.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)') ?? [])];
  }

  function focusAt(index: number): void {
    entries().at(index)?.focus();
  }

  function move(event: KeyboardEvent): void {
    const all = entries();
    const now = all.indexOf(document.activeElement as HTMLElement);
    const letter = event.key.length === 1 && event.key !== ' ';
    if (event.key === 'ArrowDown') focusAt((now + 1) % all.length);
    else if (event.key === 'ArrowUp') focusAt(now - 1);
    else if (event.key === 'Home') focusAt(0);
    else if (event.key === 'End') focusAt(-1);
    else if (event.key === 'Tab') hide();
    else if (letter) jump(all, now, event.key);
    if (/^(Arrow(Up|Down)|Home|End)$/.test(event.key)) event.preventDefault();
  }

  return (
    <>
      {trigger({
        ref: (element) => {
          button.current = element;
        },
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        'aria-controls': id,
        onClick: () => (open ? hide() : show()),
      })}
      <div
        ref={list}
        id={id}
        role="menu"
        tabIndex={-1}
        aria-label={label}
        popover="auto"
        className={styles.menu}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onKeyDown={move}
      >
        {items.map((item) => (
          <Entry key={item.key ?? item.label} item={item} onDone={hide} />
        ))}
      </div>
    </>
  );
}

function Entry({ item, onDone }: { item: MenuItem; onDone: () => void }) {
  const common = {
    type: 'button',
    tabIndex: -1,
    disabled: item.disabled,
    className: classes(styles.item, item.danger && styles.danger, item.separated && styles.separated),
    onClick: () => {
      onDone();
      item.onSelect();
    },
  } as const;
  const content = (
    <>
      {item.icon}
      <span className={styles.text}>{item.label}</span>
      {item.checked && <CheckIcon size={18} />}
    </>
  );
  if (item.checked === undefined) {
    return (
      <button role="menuitem" {...common}>
        {content}
      </button>
    );
  }
  return (
    <button role="menuitemradio" aria-checked={item.checked} {...common}>
      {content}
    </button>
  );
}

/** Below the button when there is room, else above; never over the edge of the screen. */
function place(menu: HTMLElement | null, button: HTMLElement | null): void {
  if (!menu || !button) return;
  const anchor = button.getBoundingClientRect();
  menu.style.minWidth = `${Math.min(anchor.width, 320)}px`;
  const { width, height } = menu.getBoundingClientRect();
  const below = anchor.bottom + GAP + height <= window.innerHeight - EDGE;
  const top = below ? anchor.bottom + GAP : Math.max(EDGE, anchor.top - GAP - height);
  const wanted = anchor.left + width <= window.innerWidth - EDGE ? anchor.left : anchor.right - width;
  menu.style.top = `${top}px`;
  menu.style.left = `${Math.max(EDGE, wanted)}px`;
}

function jump(all: HTMLElement[], from: number, letter: string): void {
  const order = [...all.slice(from + 1), ...all.slice(0, from + 1)];
  order.find((entry) => entry.textContent?.toLowerCase().startsWith(letter.toLowerCase()))?.focus();
}
