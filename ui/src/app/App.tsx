// Who is there decides what is shown: first start, login, or the page of the address.
import { Component, type ErrorInfo, lazy, type ReactNode, Suspense, useEffect, useState } from "react";

import { Account } from "../pages/account";
import { Login, LoginForm, Setup, Unreachable } from "../pages/gate";
import { Overview } from "../pages/overview";
import { MarkSprite } from "../parts/mark";
import { Dialog } from "../parts/dialog";
import { Empty, Loading } from "../parts/states";
import { ToastProvider } from "../parts/toast";
import { BackgroundAction } from "./background";
import { CommandMenu } from "./command";
import { KeyList, useKeys } from "./keys";
import { connect, disconnect } from "./live";
import { go, Link, match, usePlace } from "./router";
import { SessionProvider, useSession } from "./session";
import { Page, Shell } from "./shell";
import { ZoneProvider } from "./zone";

const Jobs = lazy(() => import("../pages/jobs"));
const Job = lazy(() => import("../pages/job"));
const JobEditor = lazy(() => import("../pages/job-editor"));
const Executions = lazy(() => import("../pages/executions"));
const Execution = lazy(() => import("../pages/execution"));
const Schedules = lazy(() => import("../pages/schedules"));
const Admin = lazy(() => import("../pages/admin"));

type Route = readonly [string, (values: Record<string, string>) => ReactNode];

const ROUTES: readonly Route[] = [
  ["/", () => <Overview />],
  ["/account", () => <Account />],
  ["/jobs", () => <Jobs />],
  ["/jobs/new", () => <JobEditor />],
  ["/jobs/:id", ({ id = "" }) => <Job id={id} tab="" key={id} />],
  ["/jobs/:id/edit", ({ id = "" }) => <JobEditor id={id} key={id} />],
  ["/jobs/:id/:tab", ({ id = "", tab = "" }) => <Job id={id} tab={tab} key={id} />],
  ["/executions", () => <Executions />],
  ["/executions/:id", ({ id = "" }) => <Execution id={id} key={id} />],
  ["/schedules", () => <Schedules />],
  ["/schedules/:id", ({ id = "" }) => <Schedules id={id} key={id} />],
  ["/schedules/:id/executions/:run", ({ id = "", run = "" }) => <Schedules id={id} run={run} key={run} />],
  ["/admin", () => <Admin section="" />],
  ["/admin/:section", ({ section = "" }) => <Admin section={section} />],
];

export function App() {
  return (
    <Boundary>
      <SessionProvider>
        <ZoneProvider>
          <ToastProvider>
            <MarkSprite />
            <Door />
          </ToastProvider>
        </ZoneProvider>
      </SessionProvider>
    </Boundary>
  );
}

function Door() {
  const { access, ask } = useSession();
  const { path } = usePlace();
  const isIn = access.state === "in";
  useEffect(() => {
    if (!isIn) return;
    connect();
    return disconnect;
  }, [isIn]);
  useEffect(() => {
    // Whoever is in has no business at the doors.
    if (isIn && (path === "/login" || path === "/setup")) go(new URLSearchParams(window.location.search).get("to") ?? "/", "replace");
  }, [isIn, path]);
  switch (access.state) {
    case "asking":
      return null;
    case "unreachable":
      return <Unreachable error={access.error} retry={() => void ask()} />;
    case "setup":
      return <Setup />;
    case "out":
      return <Login />;
    case "in":
      return <Inside isLost={access.isLost} />;
  }
}

function Inside({ isLost }: { isLost: boolean }) {
  const { path } = usePlace();
  const [open, setOpen] = useState<"" | "find" | "keys">("");
  useKeys({ find: () => setOpen("find"), keys: () => setOpen("keys") });
  return (
    <Shell onFind={() => setOpen("find")}>
      <Boundary key={path}>
        <Suspense fallback={<Waiting />}>{pageAt(path)}</Suspense>
      </Boundary>
      <BackgroundAction />
      {open === "find" && <CommandMenu onClose={() => setOpen("")} />}
      {open === "keys" && <KeyList onClose={() => setOpen("")} />}
      {isLost && (
        <Dialog title="Your login has ended" onClose={() => undefined}>
          <p className="t2">Sign in again to go on where you are. Nothing you typed is lost.</p>
          <LoginForm />
        </Dialog>
      )}
    </Shell>
  );
}

function pageAt(path: string): ReactNode {
  for (const [pattern, page] of ROUTES) {
    const values = match(pattern, path);
    if (values) return page(values);
  }
  return (
    <Page title="Not found" crumbs={[{ text: "Not found" }]}>
      <h1>There is nothing at this address</h1>
      <p className="t2">
        It may have been mistyped. <Link to="/" className="link">To the overview</Link>
      </p>
    </Page>
  );
}

function Waiting() {
  return (
    <main className="content" id="main">
      <Loading what="page" />
    </main>
  );
}

/** A fault of ours ends one page, not all of them. */
class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error("the page failed", error, info.componentStack);
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className="content" id="main">
        <h1>This page failed</h1>
        <Empty
          title={error.message}
          actions={
            <button type="button" className="btn" onClick={() => window.location.reload()}>
              Load it again
            </button>
          }
        >
          Jobs go on running. The browser’s console has the details.
        </Empty>
      </main>
    );
  }
}
