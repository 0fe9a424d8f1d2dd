// A button with a short list of what else can be done.
import { type ReactNode, useEffect, useRef, useState } from "react";

import { Icon } from "./icon";

export interface MenuEntry {
  text: ReactNode;
  act: () => void;
  isDangerous?: boolean;
  /** Why it cannot be done now. */
  blocked?: string | undefined;
}

export function Menu({ label, entries }: { label: string; entries: MenuEntry[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    box.current?.querySelector<HTMLElement>("li button:not(:disabled)")?.focus();
    const close = (event: Event) => {
      if (event instanceof KeyboardEvent ? event.key === "Escape" : !box.current?.contains(event.target as Node)) setIsOpen(false);
    };
    document.addEventListener("mousedown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("mousedown", close);
      document.removeEventListener("keydown", close);
    };
  }, [isOpen]);
  if (entries.length === 0) return null;
  return (
    <div className="menu" ref={box}>
      <button type="button" className="btn ghost" aria-label={label} aria-haspopup="true" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <Icon name="more" />
      </button>
      {isOpen && (
        <ul>
          {entries.map((entry, index) => (
            <li key={index}>
              <button
                type="button"
                className={entry.isDangerous ? "danger" : undefined}
                disabled={entry.blocked !== undefined}
                title={entry.blocked}
                onClick={() => {
                  setIsOpen(false);
                  entry.act();
                }}
              >
                {entry.text}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
