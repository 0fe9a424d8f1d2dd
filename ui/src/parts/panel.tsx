// The sheet that everything lies on.
import { type ReactNode, useId } from "react";

interface PanelProps {
  title: string;
  about?: ReactNode;
  end?: ReactNode;
  footer?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Panel({ title, about, end, footer, className = "", children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {about && <p>{about}</p>}
        {end && <div className="end">{end}</div>}
      </header>
      {children}
      {footer && <footer>{footer}</footer>}
    </section>
  );
}

/** One of several, as buttons in a row. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}) {
  return (
    <span className="seg" role="group" aria-label={label}>
      {options.map(([key, text]) => (
        <button key={key} type="button" aria-pressed={key === value} onClick={() => onChange(key)}>
          {text}
        </button>
      ))}
    </span>
  );
}

/** A table that scrolls within itself, reachable by keyboard when it does. */
export function TableBox({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="tw" role="region" aria-label={`${label}, table`} tabIndex={0}>
      {children}
    </div>
  );
}
