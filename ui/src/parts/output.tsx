// Output: lines with numbers, followed while it grows, searched, downloaded. Text, and nothing but.
import { useEffect, useMemo, useRef, useState } from "react";

import { useLetters } from "../app/keys";
import { useSearch } from "../app/router";
import { pieces, plain } from "./ansi";
import { bytes, counted, number } from "./format";
import { Icon } from "./icon";
import { Empty } from "./states";

/** Longer outputs show their end; the download has all that the server kept. */
const LINES_MAX = 5_000;

interface OutputProps {
  text: string | null;
  nBytes: number;
  isCut: boolean;
  isRunning: boolean;
  fileName: string;
}

export function Output({ text, nBytes, isCut, isRunning, fileName }: OutputProps) {
  const [search, change] = useSearch();
  const sought = search.get("find") ?? "";
  const [isFollowing, setIsFollowing] = useState(isRunning);
  const [isWrapped, setIsWrapped] = useState(true);
  const [hit, setHit] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const all = useMemo(() => (text === null || text === "" ? [] : plain(text).replace(/\n$/, "").split("\n")), [text]);
  const first = Math.max(0, all.length - LINES_MAX);
  const lines = first === 0 ? all : all.slice(first);
  const hits = useMemo(() => (sought === "" ? [] : lines.flatMap((line, index) => (line.toLowerCase().includes(sought.toLowerCase()) ? [index] : []))), [lines, sought]);
  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isFollowing]);
  const goTo = (next: number) => {
    if (hits.length === 0) return;
    const wanted = (next + hits.length) % hits.length;
    setHit(wanted);
    setIsFollowing(false);
    box.current?.querySelectorAll(".line")[hits[wanted] ?? 0]?.scrollIntoView({ block: "center" });
  };
  useLetters({ f: () => setIsFollowing(!isFollowing), n: () => goTo(hit + 1), N: () => goTo(hit - 1) });
  useEffect(() => {
    const line = /^#L(\d+)$/.exec(window.location.hash)?.[1];
    if (line && lines.length > 0) box.current?.querySelectorAll(".line")[Number(line) - 1 - first]?.scrollIntoView({ block: "center" });
  }, [lines.length > 0]);
  const download = () => {
    const url = URL.createObjectURL(new Blob([text ?? ""], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  return (
    <section className="panel" aria-label="Output">
      <header>
        <h2>Output</h2>
        <p>
          {isRunning && isFollowing ? "following, " : ""}
          {counted(all.length, "line")}, {bytes(nBytes)}
          {isCut && ", cut off at its limit"}
        </p>
        <div className="end pair wrapline">
          <label className="find">
            <Icon name="find" />
            <span className="vh">Search the output</span>
            <input value={sought} placeholder="Search" onChange={(event) => change({ find: event.target.value || null })} onKeyDown={(event) => event.key === "Enter" && goTo(event.shiftKey ? hit - 1 : hit + 1)} />
            {sought !== "" && <kbd>{hits.length === 0 ? "none" : `${Math.min(hit + 1, hits.length)} of ${number(hits.length)}`}</kbd>}
          </label>
          {isRunning && (
            <button type="button" className="btn small" aria-pressed={isFollowing} onClick={() => setIsFollowing(!isFollowing)}>
              {isFollowing ? "Stop following" : "Follow"}
            </button>
          )}
          <button type="button" className="btn small" aria-pressed={isWrapped} onClick={() => setIsWrapped(!isWrapped)}>
            {isWrapped ? "One line each" : "Wrap"}
          </button>
          <button type="button" className="btn small" disabled={all.length === 0} onClick={download}>
            Download
          </button>
        </div>
      </header>
      {all.length === 0 ? (
        <Empty title={isRunning ? "No output yet" : "It wrote nothing"}>{isRunning ? "Output appears here while it runs." : "The work ended without output."}</Empty>
      ) : (
        <div className={`out${isWrapped ? " wrapped" : ""}`} ref={box} tabIndex={0} role="log" aria-live="off" aria-label="Output lines" onWheel={() => setIsFollowing(false)}>
          {first > 0 && <div className="t3 body">The last {number(LINES_MAX)} lines; download has all.</div>}
          {lines.map((line, index) => (
            <div key={index} id={`L${first + index + 1}`} className={`line${hits[hit] === index ? " e" : ""}`}>
              <i>{first + index + 1}</i>
              <span>
                {pieces(line, sought).map((piece, at) =>
                  piece.isHit ? (
                    <span key={at} className="hit">
                      {piece.text}
                    </span>
                  ) : (
                    piece.text
                  ),
                )}
              </span>
            </div>
          ))}
        </div>
      )}
    </section>
  );
}
