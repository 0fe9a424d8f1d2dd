// The last 20 outcomes, newest to the right.
import { counted } from "./format";

export interface Outcome {
  status: string;
  isLate?: boolean;
  id?: string;
}

const SLOTS = 20;

export function Marks20({ outcomes }: { outcomes: Outcome[] }) {
  const shown = outcomes.slice(-SLOTS);
  const tally = new Map<string, number>();
  for (const { status } of shown) tally.set(status, (tally.get(status) ?? 0) + 1);
  const words = [...tally].map(([status, n]) => `${n} ${status.toLowerCase()}`);
  const label = shown.length === 0 ? "No executions yet" : `Last ${counted(shown.length, "execution")}, newest right: ${words.join(", ")}`;
  const empty = SLOTS - shown.length;
  return (
    <svg className="marks" viewBox="0 0 140 18" role="img" aria-label={label}>
      {Array.from({ length: empty }, (_, index) => (
        <path key={index} className="grid" d={`M${index * 7} 17.5h5`} />
      ))}
      {shown.map((outcome, index) => (
        <Slot key={index} x={(empty + index) * 7} outcome={outcome} />
      ))}
    </svg>
  );
}

function Slot({ x, outcome }: { x: number; outcome: Outcome }) {
  switch (outcome.status) {
    case "Succeeded":
      return outcome.isLate ? (
        <>
          <rect className="f-late" x={x} y={9} width={5} height={9} rx={1} />
          <circle className="f-late" cx={x + 2.5} cy={5} r={2} />
        </>
      ) : (
        <rect className="f-ok" x={x} y={9} width={5} height={9} rx={1} />
      );
    case "Failed":
      return <rect className="f-fail" x={x} y={0} width={5} height={18} rx={1} />;
    case "Running":
      return (
        <>
          <rect className="hollow s-run" x={x + 0.6} y={4.6} width={3.8} height={12.8} rx={1} />
          <rect className="f-run" x={x} y={11} width={5} height={7} rx={1} />
        </>
      );
    case "Cancelled":
      return <rect className="hollow s-mute" x={x + 0.6} y={9.6} width={3.8} height={7.8} rx={1} />;
    case "Missed":
      return <rect className="hollow s-miss" x={x + 0.6} y={0.6} width={3.8} height={16.8} rx={1} />;
    case "Skipped":
      return <rect className="f-mute" x={x} y={15} width={5} height={3} rx={1} />;
    default:
      return <path className="s-mute grid" d={`M${x} 17.5h5`} />;
  }
}
