// One's own account: who, how it looks, the password.
import { type FormEvent, useState } from "react";

import { ApiError, post } from "../api/http";
import { useKept } from "../app/kept";
import { useSession } from "../app/session";
import { Page } from "../app/shell";
import { setTheme, theme, type Theme } from "../app/theme";
import { useZones, VIEWER_ZONE, zoneName } from "../app/zone";
import { Refused } from "../parts/dialog";
import { Field } from "../parts/field";
import { Choice, Panel } from "../parts/panel";
import { useSay } from "../parts/toast";

export function Account() {
  const { access, signOut } = useSession();
  if (access.state !== "in") return null;
  return (
    <Page title="Your account" crumbs={[{ text: "Your account" }]}>
      <div className="head">
        <div>
          <h1>{access.me.email}</h1>
          <p className="t2">{access.me.roles[0]}</p>
        </div>
        <div className="acts">
          <button type="button" className="btn" onClick={() => void signOut()}>
            Sign out
          </button>
        </div>
      </div>
      <div className="cols">
        <div className="c6 stack">
          <Password />
        </div>
        <div className="c6 stack">
          <Looks />
        </div>
      </div>
    </Page>
  );
}

const NONE = { currentPassword: "", newPassword: "", again: "" };

function Password() {
  const say = useSay();
  const [values, setValues] = useState(NONE);
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const differs = values.again !== "" && values.again !== values.newPassword;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (values.again !== values.newPassword) {
      setError(new ApiError({ title: "Not changed", status: 0, detail: "", errors: { again: ["is not the same"] } }));
      return;
    }
    setIsBusy(true);
    setError(null);
    try {
      await post("/api/v1/auth/change-password", { currentPassword: values.currentPassword, newPassword: values.newPassword });
      setValues(NONE);
      say("Password changed. Your other logins have ended.");
    } catch (cause) {
      setError(cause as ApiError);
    }
    setIsBusy(false);
  };
  const fields = error?.fields ?? {};
  const box = (name: keyof typeof NONE, autoComplete: string) => ({
    className: "input",
    type: "password",
    autoComplete,
    value: values[name],
    onChange: (event: { target: { value: string } }) => setValues({ ...values, [name]: event.target.value }),
  });
  return (
    <Panel title="Password" about="a new one ends your logins everywhere else">
      <form className="body" onSubmit={(event) => void submit(event)} noValidate>
        {error && Object.keys(fields).length === 0 && <Refused error={error} />}
        <Field label="Present password" name="current-password" errors={fields["currentPassword"]}>
          {(props) => <input {...props} {...box("currentPassword", "current-password")} />}
        </Field>
        <Field label="New password" name="new-password" errors={fields["newPassword"]} hint="12 characters at least; a few words are good.">
          {(props) => <input {...props} {...box("newPassword", "new-password")} />}
        </Field>
        <Field label="New password again" name="again" errors={fields["again"] ?? (differs ? ["is not the same"] : undefined)}>
          {(props) => <input {...props} {...box("again", "new-password")} />}
        </Field>
        <button type="submit" className="btn primary" disabled={isBusy || values.currentPassword === "" || values.newPassword === ""}>
          Change the password
        </button>
      </form>
    </Panel>
  );
}

function Looks() {
  const zones = useZones();
  const [now, setNow] = useState<Theme>(theme());
  const [letters, setLetters] = useKept<"on" | "off">("letters", "on", ["on", "off"]);
  return (
    <Panel title="This browser" about="kept here, for you alone">
      <dl className="kv body">
        <dt>Theme</dt>
        <dd>
          <Choice
            label="Theme"
            value={now}
            options={[["system", "System"], ["light", "Light"], ["dark", "Dark"]]}
            onChange={(next) => {
              setTheme(next);
              setNow(next);
            }}
          />
        </dd>
        <dt>Times</dt>
        <dd>
          <Choice
            label="Times"
            value={zones.choice}
            options={[["viewer", zoneName(VIEWER_ZONE)], ["job", "Job’s zone"], ["utc", "UTC"]]}
            onChange={zones.choose}
          />
        </dd>
        <dt>Single letters</dt>
        <dd>
          <Choice label="Single letters" value={letters} options={[["on", "Act"], ["off", "Do nothing"]]} onChange={setLetters} />
        </dd>
      </dl>
    </Panel>
  );
}
