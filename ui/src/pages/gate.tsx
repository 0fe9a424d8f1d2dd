// The doors: first start, login, and a server that does not answer. One thing at a time, no chrome.
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";

import { ApiError, post } from "../api/http";
import { useSession } from "../app/session";
import { Refused } from "../parts/dialog";
import { Field } from "../parts/field";
import { Icon } from "../parts/icon";
import { Failed } from "../parts/states";

function Gate({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Horarium`;
  }, [title]);
  return (
    <div className="gate">
      <main>
        <div className="brand">
          <Icon name="hour" className="" />
          Horarium
        </div>
        {children}
      </main>
    </div>
  );
}

export function Unreachable({ error, retry }: { error: ApiError; retry: () => void }) {
  return (
    <Gate title="Not reachable">
      <h1>The server is not reachable</h1>
      <Failed error={error} retry={retry} />
    </Gate>
  );
}

export function Login() {
  return (
    <Gate title="Sign in">
      <h1>Sign in</h1>
      <LoginForm />
    </Gate>
  );
}

export function LoginForm() {
  const { signIn } = useSession();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    setError(null);
    try {
      await signIn(email, password);
    } catch (cause) {
      setError(cause as ApiError);
      setPassword("");
      box.current?.focus();
    }
    setIsBusy(false);
  };
  const fields = error?.fields ?? {};
  const hasFields = Object.keys(fields).length > 0;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      {error && !hasFields && <Refused error={error} />}
      <Field label="E-mail address" errors={fields["email"]} name="login-email">
        {(props) => (
          <input {...props} className="input" type="email" autoComplete="username" required autoFocus value={email} onChange={(event) => setEmail(event.target.value)} />
        )}
      </Field>
      <Field label="Password" errors={fields["password"]} name="login-password">
        {(props) => (
          <input {...props} ref={box} className="input" type="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
        )}
      </Field>
      <button type="submit" className="btn primary" disabled={isBusy}>
        {isBusy ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}

/** One field at a time: the token, the address, the password. */
export function Setup() {
  const { signIn, ask } = useSession();
  const [step, setStep] = useState(0);
  const [values, setValues] = useState(() => ({ token: tokenOfAddress(), email: "", password: "" }));
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const name = (["token", "email", "password"] as const)[step] ?? "token";
  const next = async (event: FormEvent) => {
    event.preventDefault();
    if (values[name].trim() === "") return;
    setError(null);
    if (step < 2) {
      setStep(step + 1);
      return;
    }
    setIsBusy(true);
    try {
      await post("/api/v1/setup", values);
      await signIn(values.email, values.password);
    } catch (cause) {
      const fault = cause as ApiError;
      setError(fault);
      // To the field that the server names; a refused token is the first one.
      if (fault.status === 403) setStep(0);
      else if (fault.fields["email"]) setStep(1);
      if (fault.status === 409) await ask();
    }
    setIsBusy(false);
  };
  const fields = error?.fields ?? {};
  return (
    <Gate title="Set up">
      <h1>Welcome. Who administers this server?</h1>
      <p className="t2">Step {step + 1} of 3. This works once, until there is an administrator.</p>
      <form onSubmit={(event) => void next(event)} noValidate>
        {error && Object.keys(fields).length === 0 && <Refused error={error} />}
        {step === 0 && (
          <Field label="Setup token" name="setup-token" errors={fields["token"]} hint="The server printed it when it started; it is also in the file setup-token of its data directory.">
            {(props) => (
              <input {...props} key="token" autoFocus className="input mono" autoComplete="off" spellCheck={false} value={values.token} onChange={(event) => setValues({ ...values, token: event.target.value.trim() })} />
            )}
          </Field>
        )}
        {step === 1 && (
          <Field label="Your e-mail address" name="setup-email" errors={fields["email"]} hint="You sign in with it. No mail is sent.">
            {(props) => (
              <input {...props} key="email" autoFocus className="input" type="email" autoComplete="username" value={values.email} onChange={(event) => setValues({ ...values, email: event.target.value })} />
            )}
          </Field>
        )}
        {step === 2 && (
          <Field label="A password" name="setup-password" errors={fields["password"]} hint="12 characters at least; a few words are good.">
            {(props) => (
              <input {...props} key="password" autoFocus className="input" type="password" autoComplete="new-password" value={values.password} onChange={(event) => setValues({ ...values, password: event.target.value })} />
            )}
          </Field>
        )}
        <div className="pair">
          {step > 0 && (
            <button type="button" className="btn" onClick={() => setStep(step - 1)}>
              Back
            </button>
          )}
          <button type="submit" className="btn primary" disabled={isBusy}>
            {step < 2 ? "Continue" : isBusy ? "Setting up…" : "Make the administrator"}
          </button>
        </div>
      </form>
    </Gate>
  );
}

/** `/dashboard/setup#token=…`: what stands behind the # is never sent; it is taken out at once. */
function tokenOfAddress(): string {
  const found = /^#token=([\w-]+)$/.exec(window.location.hash)?.[1] ?? "";
  if (found) window.history.replaceState(null, "", window.location.pathname);
  return found;
}
