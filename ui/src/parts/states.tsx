// What a list shows instead of rows: it loads, there is nothing, it failed, it is not allowed.
import { type ReactNode, useEffect, useState } from "react";

import type { ApiError } from "../api/http";
import { useRole } from "../app/session";
import { Mark } from "./mark";

/** Skeletons appear only when it takes long enough to be noticed. */
const SKELETON_AFTER_MS = 150;

export function Loading({ rows = 3, what }: { rows?: number; what: string }) {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-busy="true" aria-label={`Loading ${what}`} role="status">
      {Array.from({ length: rows }, (_, index) => (
        <div className="item" key={index}>
          <span className="m">{isSlow && <Mark name="pending" tone="mute" />}</span>
          <span className={isSlow ? `sk ${["a", "c", "b"][index % 3]}` : undefined}>&nbsp;</span>
        </div>
      ))}
    </div>
  );
}

export function Empty({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="empty">
      <b>{title}</b>
      {children && <p>{children}</p>}
      {actions && <div className="pair">{actions}</div>}
    </div>
  );
}

export function Failed({ error, retry }: { error: ApiError; retry?: () => void }) {
  const role = useRole();
  if (error.status === 403) {
    return (
      <Empty title="This needs another role">
        You are {/^[AO]/.test(role) ? "an" : "a"} {role}. Ask an administrator.
      </Empty>
    );
  }
  const { requestId, detail, title } = error.problem;
  return (
    <div className="empty" role="alert">
      <Mark name="failed" tone="fail" />
      <b>{title}</b>
      {detail && detail !== title && <p>{detail}</p>}
      <div className="pair">
        {retry && (
          <button type="button" className="btn" onClick={retry}>
            Try again
          </button>
        )}
        {requestId && <CopyButton text={requestId} label="Copy request id" />}
      </div>
    </div>
  );
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isDone, setIsDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(text).catch(() => undefined);
    setIsDone(true);
    setTimeout(() => setIsDone(false), 1_500);
  };
  return (
    <button type="button" className="btn ghost" onClick={() => void copy()}>
      {isDone ? "Copied" : label}
    </button>
  );
}

/** Rows, or why there are none. */
export function Outcome<T>({
  asked,
  what,
  rows = 3,
  children,
}: {
  asked: { data: T | undefined; error: ApiError | null; reload: () => void };
  what: string;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  if (asked.data !== undefined) return <>{children(asked.data)}</>;
  if (asked.error) return <Failed error={asked.error} retry={asked.reload} />;
  return <Loading rows={rows} what={what} />;
}
