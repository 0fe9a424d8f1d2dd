// Output of programs as pieces of text: colours of terminals are dropped, never run.

// ESC, then what a terminal would take as a command: CSI, OSC, or a single letter.
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
/** Other control characters but tab and line feed; shown as what they are, not obeyed. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function plain(output: string): string {
  return output.replace(/\r\n/g, "\n").replace(ESCAPES, "").replace(CONTROLS, "\ufffd");
}

export interface Piece {
  text: string;
  isHit: boolean;
}

/** A line cut where the sought text stands in it, whatever its case. */
export function pieces(line: string, sought: string): Piece[] {
  if (sought === "") return [{ text: line, isHit: false }];
  const found: Piece[] = [];
  const low = line.toLowerCase();
  const wanted = sought.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    if (at > from) found.push({ text: line.slice(from, at), isHit: false });
    found.push({ text: line.slice(at, at + wanted.length), isHit: true });
    from = at + wanted.length;
  }
  if (from < line.length || found.length === 0) found.push({ text: line.slice(from), isHit: false });
  return found;
}
