// Dialogs: they say what will happen, and give the focus back.
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

import { ApiError } from "../api/http";
import { Mark } from "./mark";

interface DialogProps {
  title: string;
  onClose: () => void;
  className?: string;
  children: ReactNode;
}

export function Dialog({ title, onClose, className = "", children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.focus?.();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  /** What happens to what runs, what is due and what is kept. */
  children: ReactNode;
  /** The word on the button that does it. */
  act: string;
  keep?: string;
  isDangerous?: boolean;
  /** To be typed before the button works. */
  typed?: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

export function Confirm({ title, children, act, keep = "Cancel", isDangerous, typed, onConfirm, onClose }: ConfirmProps) {
  const [text, setText] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const id = useId();
  const isAllowed = typed === undefined || text.trim() === typed;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isAllowed || isBusy) return;
    setIsBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (cause) {
      setError(cause instanceof ApiError ? cause : new ApiError({ title: "It failed", status: -1, detail: String(cause) }));
      setIsBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <div className="t2">{children}</div>
        {typed !== undefined && (
          <div className="field typed">
            <label htmlFor={id}>
              Type <span className="mono">{typed}</span> to confirm
            </label>
            <input id={id} className="input mono" value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" spellCheck={false} />
          </div>
        )}
        {error && <Refused error={error} />}
        <div className="acts">
          <button type="button" className="btn" onClick={onClose}>
            {keep}
          </button>
          <button type="submit" className={`btn ${isDangerous ? "danger solid" : "primary"}`} disabled={!isAllowed || isBusy}>
            {isBusy ? "Working…" : act}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Why the server refused what was asked. */
export function Refused({ error }: { error: ApiError }) {
  const fields = Object.entries(error.fields);
  return (
    <div className="note fail" role="alert">
      <Mark name="failed" tone="fail" />
      <div>
        <b>{error.problem.title}.</b> {error.problem.detail}
        {fields.length > 0 && (
          <ul>
            {fields.map(([field, messages]) => (
              <li key={field}>
                <span className="mono">{field}</span>: {messages.join("; ")}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
