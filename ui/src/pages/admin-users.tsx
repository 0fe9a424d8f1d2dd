// People: made, given a role, locked out, helped to a new password.
import { useState } from "react";

import { useGet } from "../api/cache";
import { ApiError, call, post } from "../api/http";
import type { PersonDto, Role } from "../api/types.gen";
import { useSession } from "../app/session";
import { Confirm, Dialog, Refused } from "../parts/dialog";
import { Field } from "../parts/field";
import { Mark } from "../parts/mark";
import { Menu } from "../parts/menu";
import { Panel, TableBox } from "../parts/panel";
import { Empty, Outcome } from "../parts/states";
import { Time } from "../parts/time";
import { useSay } from "../parts/toast";

const USERS = "/api/v1/users";
const ROLES: readonly Role[] = ["Viewer", "Operator", "Administrator"];
const MAY: Record<Role, string> = { Viewer: "sees everything, changes nothing", Operator: "makes, changes and runs jobs", Administrator: "does everything" };

type Asked = { person: PersonDto; what: "role" | "lock" | "password" };

export function Users() {
  const people = useGet<PersonDto[]>(USERS);
  const { access } = useSession();
  const own = access.state === "in" ? access.me.userId : "";
  const [isMaking, setIsMaking] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <Panel
      title="Users"
      about="people who may sign in"
      end={
        <button type="button" className="btn small" onClick={() => setIsMaking(true)}>
          New user
        </button>
      }
    >
      <Outcome asked={people} what="users">
        {(list) =>
          list.length === 0 ? (
            <Empty title="Nobody yet">A user signs in with an e-mail address and a password.</Empty>
          ) : (
            <TableBox label="Users">
              <table>
                <caption className="vh">Users</caption>
                <thead>
                  <tr>
                    <th scope="col">User</th>
                    <th scope="col">Role</th>
                    <th scope="col">Standing</th>
                    <th scope="col">Made</th>
                    <th scope="col">Last login</th>
                    <th scope="col">
                      <span className="vh">Act</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((person) => (
                    <tr key={person.id}>
                      <td className="strong name">
                        {person.email} {person.id === own && <span className="tag">you</span>}
                      </td>
                      <td>{person.role}</td>
                      <td>
                        <Mark name={person.isDisabled ? "cancelled" : "ok"} tone={person.isDisabled ? "mute" : "ok"} small /> {person.isDisabled ? "locked out" : "may sign in"}
                      </td>
                      <td>
                        <Time at={person.createdAt} />
                      </td>
                      <td>{person.lastLoginAt ? <Time at={person.lastLoginAt} /> : <span className="t3">never</span>}</td>
                      <td className="num">
                        {person.id !== own && (
                          <Menu
                            label={`What to do with ${person.email}`}
                            entries={[
                              { text: "Change role…", act: () => setAsked({ person, what: "role" }) },
                              { text: "New password…", act: () => setAsked({ person, what: "password" }) },
                              { text: person.isDisabled ? "Let in again…" : "Lock out…", act: () => setAsked({ person, what: "lock" }), isDangerous: !person.isDisabled },
                            ]}
                          />
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </TableBox>
          )
        }
      </Outcome>
      {isMaking && <NewUser onClose={() => setIsMaking(false)} onDone={people.reload} />}
      {asked && <Change asked={asked} onClose={() => setAsked(null)} onDone={people.reload} />}
    </Panel>
  );
}

function NewUser({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const [values, setValues] = useState({ email: "", password: "", role: "Viewer" as Role });
  const [error, setError] = useState<ApiError | null>(null);
  const fields = error?.fields ?? {};
  const make = async () => {
    setError(null);
    try {
      await post(USERS, values);
      onDone();
      onClose();
      say(`${values.email} may sign in.`);
    } catch (cause) {
      setError(cause as ApiError);
    }
  };
  return (
    <Dialog title="New user" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        {error && Object.keys(fields).length === 0 && <Refused error={error} />}
        <Field label="E-mail address" name="user-email" errors={fields["email"]}>
          {(props) => <input {...props} className="input" type="email" autoFocus autoComplete="off" value={values.email} onChange={(event) => setValues({ ...values, email: event.target.value })} />}
        </Field>
        <Field label="First password" name="user-password" hint="12 characters at least. Hand it over safely; it is changed under “Your account”." errors={fields["password"]}>
          {(props) => <input {...props} className="input" type="text" autoComplete="new-password" value={values.password} onChange={(event) => setValues({ ...values, password: event.target.value })} />}
        </Field>
        <Field label="Role" name="user-role" hint={MAY[values.role]} errors={fields["role"]}>
          {(props) => (
            <select {...props} className="input" value={values.role} onChange={(event) => setValues({ ...values, role: event.target.value as Role })}>
              {ROLES.map((role) => (
                <option key={role}>{role}</option>
              ))}
            </select>
          )}
        </Field>
        <div className="acts">
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn primary">
            Make the user
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Change({ asked: { person, what }, onClose, onDone }: { asked: Asked; onClose: () => void; onDone: () => void }) {
  const say = useSay();
  const [role, setRole] = useState<Role>(person.role);
  const [password, setPassword] = useState("");
  const change = async (body: Record<string, unknown>, done: string) => {
    await call("PATCH", `${USERS}/${person.id}`, body);
    onDone();
    say(done);
  };
  switch (what) {
    case "role":
      return (
        <Confirm title={`Change the role of ${person.email}?`} act="Change the role" onClose={onClose} onConfirm={() => change({ role }, `${person.email} is now ${role}.`)}>
          <Field label="Role" name="new-role" hint={MAY[role]}>
            {(props) => (
              <select {...props} className="input" value={role} onChange={(event) => setRole(event.target.value as Role)}>
                {ROLES.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            )}
          </Field>
        </Confirm>
      );
    case "password":
      return (
        <Confirm title={`A new password for ${person.email}?`} act="Set the password" onClose={onClose} onConfirm={() => change({ password }, `${person.email} has a new password.`)}>
          <p>All logins of theirs end at once.</p>
          <Field label="New password" name="their-password" hint="12 characters at least.">
            {(props) => <input {...props} className="input" type="text" autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} />}
          </Field>
        </Confirm>
      );
    case "lock":
      return person.isDisabled ? (
        <Confirm title={`Let ${person.email} in again?`} act="Let in again" onClose={onClose} onConfirm={() => change({ isDisabled: false }, `${person.email} may sign in again.`)}>
          They sign in with the password they had; their keys work again.
        </Confirm>
      ) : (
        <Confirm title={`Lock ${person.email} out?`} act="Lock out" keep="Leave them in" isDangerous onClose={onClose} onConfirm={() => change({ isDisabled: true }, `${person.email} is locked out.`)}>
          All logins of theirs end within a second, and their keys stop working. Their jobs go on.
        </Confirm>
      );
  }
}
