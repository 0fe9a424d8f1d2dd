// A label above, the box, a hint or what is wrong below.
import { type ReactNode, useId } from "react";

import { Mark } from "./mark";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  errors?: string[] | undefined;
  /** The field's path in the request: summaries link here. */
  name?: string;
  children: (props: { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined }) => ReactNode;
}

export function fieldId(name: string): string {
  return `f-${name.replace(/[^A-Za-z0-9]/g, "-").toLowerCase()}`;
}

export function Field({ label, hint, errors, name, children }: FieldProps) {
  const made = useId();
  const id = name ? fieldId(name) : made;
  const isWrong = errors !== undefined && errors.length > 0;
  const about = isWrong || hint ? `${id}-about` : undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": about, "aria-invalid": isWrong ? true : undefined })}
      {isWrong ? (
        <p className="err" id={about}>
          <Mark name="failed" tone="fail" small />
          <span>{errors.map(sentence).join(" ")}</span>
        </p>
      ) : (
        hint && (
          <p className="hint" id={about}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}

/** The server's messages begin small and end without a stop, as parts of a list do. */
function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Above a form that was refused: what needs a change, as links to it. */
export function Summary({ title, errors, labels }: { title: string; errors: Record<string, string[]>; labels: Record<string, string> }) {
  const names = Object.keys(errors);
  return (
    <div className="note fail" role="alert" tabIndex={-1} ref={(box) => box?.focus()}>
      <Mark name="failed" tone="fail" />
      <div>
        <b>{title}</b> Nothing you typed is lost.{" "}
        {names.map((name, index) => (
          <span key={name}>
            {index > 0 && ", "}
            <a className="link" href={`#${fieldId(name)}`} onClick={(event) => focusField(event, name)}>
              {labels[name] ?? name}
            </a>
            {labels[name] === undefined && <>: {errors[name]?.join("; ")}</>}
          </span>
        ))}
      </div>
    </div>
  );
}

function focusField(event: { preventDefault: () => void }, name: string): void {
  event.preventDefault();
  document.getElementById(fieldId(name))?.focus();
}
