// The answer to a POST that changes nothing, such as a preview, asked again when what is asked changes.
import { useEffect, useState } from "react";

import { ApiError, post } from "../api/http";

/** While somebody types, the server is asked after a rest. */
const REST_MS = 250;

export interface Posted<T> {
  data: T | undefined;
  error: ApiError | null;
  isLoading: boolean;
}

export function usePost<T>(path: string, body: unknown): Posted<T> {
  const [state, setState] = useState<Posted<T>>({ data: undefined, error: null, isLoading: true });
  const text = JSON.stringify(body);
  const isFirst = state.data === undefined && state.error === null;
  useEffect(() => {
    if (text === "null") return;
    const stop = new AbortController();
    const timer = setTimeout(
      () => {
        setState((now) => ({ ...now, isLoading: true }));
        post<T>(path, JSON.parse(text), { signal: stop.signal })
          .then((data) => setState({ data, error: null, isLoading: false }))
          .catch((cause: unknown) => {
            if (!stop.signal.aborted) setState((now) => ({ data: now.data, error: cause as ApiError, isLoading: false }));
          });
      },
      isFirst ? 0 : REST_MS,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [path, text]);
  return state;
}
