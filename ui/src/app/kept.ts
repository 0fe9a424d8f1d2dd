// Small things that this browser remembers.
import { useCallback, useState } from "react";

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`horarium.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`horarium.${name}`);
    else localStorage.setItem(`horarium.${name}`, value);
  } catch {
    // It is forgotten when the page closes.
  }
}

export function useKept<T extends string>(name: string, usual: T, known: readonly T[]): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const found = recall(name) as T | null;
    return found !== null && known.includes(found) ? found : usual;
  });
  const change = useCallback(
    (next: T) => {
      setValue(next);
      remember(name, next);
    },
    [name],
  );
  return [value, change];
}
