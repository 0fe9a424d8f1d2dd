// Time series, drawn by uPlot in the page's own colours.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Line {
  label: string;
  values: (number | null)[];
  colour: "--run-fill" | "--text-2" | "--ok-fill" | "--fail-fill";
  isDashed?: boolean;
  isFilled?: boolean;
  /** Points instead of a line. */
  isDots?: boolean;
}

interface SeriesProps {
  /** Seconds since the epoch, ascending. */
  times: number[];
  lines: Line[];
  /** What the chart says, in words: it is also its accessible name. */
  summary: string;
  unit: (value: number) => string;
  isLog?: boolean;
  height?: number;
  /** The top of the scale when all values are small. */
  least?: number;
  zone: string;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function Series({ times, lines, summary, unit, isLog = false, height = 172, least = 4, zone }: SeriesProps) {
  const box = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(lines);
  useEffect(() => {
    latest.current = lines;
  });
  const shape = lines.map((line) => line.label).join("|") + zone + String(isLog);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(options(element.clientWidth), [times, ...lines.map((line) => line.values)], element);
    };
    const options = (width: number): uPlot.Options => ({
      width: Math.max(80, width),
      height,
      legend: { show: false },
      cursor: { points: { show: false }, drag: { x: false, y: false }, y: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), zone),
      scales: { x: { time: true }, y: isLog ? { distr: 3, log: 10 } : { range: (_, __, most) => [0, Math.max(least, most * 1.15)] } },
      axes: [axis(24), { ...axis(48), values: (_, splits) => splits.map((split) => (split === null ? "" : unit(split))), splits: isLog ? logSplits : undefined } as uPlot.Axis],
      series: [{}, ...lines.map(series)],
      hooks: { setCursor: [showTip] },
    });
    const axis = (size: number): uPlot.Axis => ({
      size,
      font: `11px ${colour("--sans")}`,
      stroke: colour("--text-3"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
      gap: 6,
      // No seconds, no American dates.
      values: (_, splits) => splits.map((split) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(split * 1_000)),
    });
    const series = (line: Line): uPlot.Series => ({
      label: line.label,
      stroke: line.isDots ? "transparent" : colour(line.colour),
      width: 1.5,
      ...(line.isDashed ? { dash: [4, 3] } : {}),
      ...(line.isFilled ? { fill: colour("--run-tint") } : {}),
      points: line.isDots ? { show: true, size: 4, fill: colour(line.colour), stroke: colour(line.colour) } : { show: false },
      spanGaps: true,
    });
    const showTip = (chart: uPlot) => {
      const index = chart.cursor.idx;
      const element = tip.current;
      if (!element) return;
      if (index === null || index === undefined) {
        element.hidden = true;
        return;
      }
      const when = new Intl.DateTimeFormat("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit", timeZone: zone }).format((times[index] ?? 0) * 1_000);
      const known = latest.current.filter((line) => line.values[index] !== null);
      const parts = known.map((line) => `${line.label} ${unit(line.values[index] ?? 0)}`);
      element.textContent = `${when}: ${parts.join(", ")}`;
      element.hidden = false;
    };
    draw();
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: Math.max(80, element.clientWidth), height }));
    observer.observe(element);
    window.addEventListener("themechange", draw);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => {
      observer.disconnect();
      window.removeEventListener("themechange", draw);
      scheme.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = null;
    };
    // The data alone is set below, without drawing anew.
    // eslint-disable-next-line
  }, [shape, height]);

  useEffect(() => {
    plot.current?.setData([times, ...lines.map((line) => line.values)]);
  }, [times, lines]);

  const press = (key: string): boolean => {
    const chart = plot.current;
    if (!chart) return false;
    const now = chart.cursor.idx ?? times.length - 1;
    const wanted = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: times.length - 1 }[key];
    if (key === "Escape") chart.setCursor({ left: -10, top: -10 });
    else if (wanted === undefined) return false;
    else {
      const index = Math.max(0, Math.min(times.length - 1, wanted));
      chart.setCursor({ left: chart.valToPos(times[index] ?? 0, "x"), top: 10 });
    }
    return true;
  };
  return (
    <div
      className="body chartbox"
      role="img"
      aria-label={`${summary} Arrow keys read the values.`}
      tabIndex={0}
      onKeyDown={(event) => {
        if (press(event.key)) event.preventDefault();
      }}
    >
      <div className="u-chart" ref={box} />
      <div className="tip" ref={tip} hidden role="status" />
    </div>
  );
}

/** 1 ms, 10 ms, 1 s, 1 min, 1 h: what people count lateness in. */
function logSplits(_: uPlot, __: number, least: number, most: number): number[] {
  return [1, 10, 100, 1_000, 10_000, 60_000, 3_600_000, 86_400_000].filter((split) => split >= least / 2 && split <= most * 2);
}
