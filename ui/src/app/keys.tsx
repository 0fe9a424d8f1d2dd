// The keyboard: two-letter ways to places, and single letters that every page may use.
import { useEffect, useRef } from "react";

import { Dialog } from "../parts/dialog";
import { recall, remember } from "./kept";
import { go } from "./router";
import { nextTheme } from "./theme";
import { useZones } from "./zone";

const PLACES: Record<string, string> = { o: "/", j: "/jobs", e: "/executions", s: "/schedules", a: "/admin" };
/** After `g`, so long for the second letter. */
const SECOND_MS = 1_200;

export function areLettersOn(): boolean {
  return recall("letters") !== "off";
}

export function switchLetters(): boolean {
  remember("letters", areLettersOn() ? "off" : null);
  return areLettersOn();
}

/** Whether a key is typed into something, or meant for the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  const isField = target?.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") != null;
  return isField || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") !== null;
}

export function useKeys({ find, keys }: { find: () => void; keys: () => void }): void {
  const zones = useZones();
  const began = useRef(0);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        find();
        return;
      }
      if (isTyping(event) || !areLettersOn()) return;
      if (began.current > 0 && event.timeStamp - began.current < SECOND_MS && PLACES[event.key]) {
        began.current = 0;
        event.preventDefault();
        go(PLACES[event.key] ?? "/");
        return;
      }
      began.current = 0;
      if (event.key === "g") began.current = event.timeStamp;
      else if (event.key === "z") zones.next();
      else if (event.key === "t") nextTheme();
      else if (event.key === "?") keys();
      else if (event.key === "/") {
        const box = document.querySelector<HTMLInputElement>("[data-filter]");
        if (box) {
          event.preventDefault();
          box.focus();
        }
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [find, keys, zones]);
}

/** Single letters of one page, by key; none acts without a dialog. */
export function useLetters(letters: Record<string, () => void>): void {
  const latest = useRef(letters);
  useEffect(() => {
    latest.current = letters;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || !areLettersOn()) return;
      const act = latest.current[event.key];
      if (act) {
        event.preventDefault();
        act();
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

const LIST: readonly (readonly [string, string])[] = [
  ["Ctrl K", "find or do anything"],
  ["/", "filter"],
  ["g, then o j e s a", "go to Overview, Jobs, Executions, Schedules, Administration"],
  ["j k", "next and previous row"],
  ["Enter", "open the row"],
  ["x, Shift x, a", "select, select a range, select all that match"],
  ["r", "run now"],
  ["p", "pause…"],
  ["c", "cancel…"],
  ["f", "follow output"],
  ["n N", "next and previous hit"],
  ["[ ]", "previous and next execution"],
  ["z", "change the zone of times"],
  ["t", "change the theme"],
  ["?", "this list"],
  ["Esc", "close, then leave"],
];

export function KeyList({ onClose }: { onClose: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  const label = () => (areLettersOn() ? "Switch single letters off" : "Switch single letters on");
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="kv">
        {LIST.map(([key, text]) => (
          <div key={key} className="keyrow">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <div className="acts">
        <button
          type="button"
          className="btn ghost"
          ref={button}
          onClick={() => {
            switchLetters();
            if (button.current) button.current.textContent = label();
          }}
        >
          {label()}
        </button>
        <button type="button" className="btn" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
