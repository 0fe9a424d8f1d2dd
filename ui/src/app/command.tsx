// Find or do anything: places, jobs by name, and what can be done about the page.
import { useEffect, useId, useMemo, useRef, useState } from "react";

import { useGetKept } from "../api/cache";
import { query } from "../api/http";
import type { PagedOfJobDto } from "../api/types.gen";
import { Dialog } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { go } from "./router";
import { useMay, useSession } from "./session";
import { nextTheme } from "./theme";
import { useZones } from "./zone";

interface Command {
  key: string;
  text: string;
  about: string;
  act: () => void;
}

const FOUND_MAX = 8;

export function CommandMenu({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [wanted, setWanted] = useState("");
  const may = useMay();
  const zones = useZones();
  const { signOut } = useSession();
  const list = useRef<HTMLUListElement>(null);
  const id = useId();

  useEffect(() => {
    const timer = setTimeout(() => setWanted(text.trim()), 150);
    return () => clearTimeout(timer);
  }, [text]);
  const path = wanted.length < 2 ? null : `/api/v1/scheduler/jobs${query({ search: wanted, pageSize: FOUND_MAX, sortBy: "name", sortDirection: "asc" })}`;
  const jobs = useGetKept<PagedOfJobDto>(path);

  const commands = useMemo<Command[]>(() => {
    const place = (text: string, to: string): Command => ({ key: to, text, about: "go to", act: () => go(to) });
    const all: Command[] = [
      place("Overview", "/"),
      place("Jobs", "/jobs"),
      ...(may.edit ? [place("New job", "/jobs/new")] : []),
      place("Failing jobs", "/jobs?status=Failed"),
      place("Executions", "/executions"),
      place("Failed executions", "/executions?status=Failed"),
      place("Schedules", "/schedules"),
      place("Nodes", "/admin/nodes"),
      place("API keys", "/admin/keys"),
      ...(may.administer ? [place("Export and import", "/admin/transfer"), place("Pause or resume everything", "/admin/pause")] : []),
      place("Your account", "/account"),
      { key: "theme", text: "Change theme", about: "t", act: () => void nextTheme() },
      { key: "zone", text: "Change the zone of times", about: "z", act: zones.next },
      { key: "docs", text: "API reference", about: "go to", act: () => window.location.assign("/api/docs") },
      { key: "out", text: "Sign out", about: "", act: () => void signOut() },
    ];
    const sought = text.trim().toLowerCase();
    const isId = /^[0-9a-f]{8}-?[0-9a-f-]{20,}$/.test(sought);
    const ids = isId ? [place(`Execution ${sought}`, `/executions/${sought}`), place(`Job ${sought}`, `/jobs/${sought}`)] : [];
    const found = (wanted.length < 2 ? [] : (jobs.data?.items ?? [])).map((job) => ({ ...place(job.name, `/jobs/${job.id}`), about: "job" }));
    return [...ids, ...all.filter((one) => one.text.toLowerCase().includes(sought)), ...found];
  }, [text, wanted, jobs.data, may.edit, may.administer, zones, signOut]);

  const chosen = Math.min(at, commands.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.act();
  };
  const press = (key: string): boolean => {
    if (key === "ArrowDown") setAt(Math.min(chosen + 1, commands.length - 1));
    else if (key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
    else if (key === "Enter") run(commands[chosen]);
    else return false;
    return true;
  };
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  return (
    <Dialog title="Find or do anything" className="command" onClose={onClose}>
      <div className="find">
        <Icon name="find" />
        <input
          autoFocus
          role="combobox"
          aria-label="Find a page, a job or an action"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={commands[chosen] ? `${id}-${chosen}` : undefined}
          placeholder="A page, a job, an id, an action"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (press(event.key)) event.preventDefault();
          }}
        />
        <kbd>Esc</kbd>
      </div>
      <ul id={id} role="listbox" aria-label="Found" ref={list}>
        {commands.map((command, index) => (
          <li
            key={command.key + command.text}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onClick={() => run(command)}
            onMouseMove={() => setAt(index)}
          >
            {command.text}
            <span className="end">{command.about}</span>
          </li>
        ))}
      </ul>
      {commands.length === 0 && <p className="empty">Nothing is called “{text}”.</p>}
    </Dialog>
  );
}
