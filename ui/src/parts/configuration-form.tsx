// The settings of a job by its type, drawn from the schema that the API publishes.
import { CONFIGURATION, type ConfigurationField } from "../api/forms.gen";
import { Field } from "./field";

/** What is typed, by key: text for all kinds but switches. */
export type Texts = Record<string, string | boolean>;

const LABELS: Record<string, string> = {
  url: "URL",
  retryOnStatusCodes: "Retry on status codes",
  successStatusCodes: "Success status codes",
  storedProcedureName: "Procedure",
  databaseConnectionStringName: "Data source",
  handlerType: "Handler",
};
/** Long texts get a box. */
const LONG = new Set(["body"]);
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/** Of each type, the keys that one always looks at; the others stand behind “More settings”. */
const FIRST: Record<string, readonly string[]> = {
  HttpCall: ["method", "url", "headers", "body"],
  StoredProcedure: ["databaseConnectionStringName", "storedProcedureName", "parameters"],
  CodeExecution: ["handlerType", "parameters"],
  FileOperation: ["operation", "sourcePath", "destinationPath", "archivePath"],
};

function label(key: string): string {
  const words = key.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return LABELS[key] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export function textsOf(jobType: string, configuration: Record<string, unknown>): Texts {
  const texts: Texts = {};
  for (const field of CONFIGURATION[jobType] ?? []) {
    const value = configuration[field.key];
    if (value === null || value === undefined) continue;
    texts[field.key] = typeof value === "boolean" ? value : textOf(field, value);
  }
  return texts;
}

function textOf(field: ConfigurationField, value: unknown): string {
  if (field.kind === "pairs") return Object.entries(value as Record<string, string>).map(([name, text]) => `${name}: ${text}`).join("\n");
  if (field.kind === "json") return JSON.stringify(value, null, 2);
  if (Array.isArray(value)) return value.join(", ");
  return String(value);
}

/** What is typed as the API takes it. What cannot be read goes as text: the server names the field. */
export function configurationOf(jobType: string, texts: Texts): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const field of CONFIGURATION[jobType] ?? []) {
    const typed = texts[field.key];
    if (typed === undefined || typed === "") continue;
    found[field.key] = typeof typed === "boolean" ? typed : valueOf(field, typed);
  }
  return found;
}

function number(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text.trim()) : text.trim();
}

function listed(text: string): string[] {
  return text.split(",").map((it) => it.trim()).filter(Boolean);
}

function pairs(text: string): Record<string, string> {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

function valueOf(field: ConfigurationField, text: string): unknown {
  switch (field.kind) {
    case "integer":
    case "number":
      return number(text);
    case "numbers":
      return listed(text).map(number);
    case "texts":
      return listed(text);
    case "pairs":
      return pairs(text);
    case "json":
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
    default:
      return text;
  }
}

interface FormProps {
  jobType: string;
  texts: Texts;
  /** All errors of the request, by path. */
  errors: Record<string, string[]>;
  onChange: (texts: Texts) => void;
}

export function ConfigurationForm({ jobType, texts, errors, onChange }: FormProps) {
  const fields = CONFIGURATION[jobType] ?? [];
  const first = FIRST[jobType] ?? [];
  const main = first.flatMap((key) => fields.filter((field) => field.key === key));
  const rest = fields.filter((field) => !first.includes(field.key));
  const show = (field: ConfigurationField) => (
    <Setting key={field.key} field={field} value={texts[field.key]} errors={errorsOf(errors, field.key)} onChange={(value) => onChange({ ...texts, [field.key]: value })} />
  );
  const isOpen = rest.some((field) => texts[field.key] !== undefined || errorsOf(errors, field.key));
  return (
    <fieldset>
      <legend className="vh">Settings of this type</legend>
      {main.map(show)}
      {rest.length > 0 && (
        <details className="field" open={isOpen || undefined}>
          <summary className="t2">More settings</summary>
          <div className="two more-settings">{rest.map(show)}</div>
        </details>
      )}
    </fieldset>
  );
}

/** Those of the key itself and of what lies in it. */
function errorsOf(errors: Record<string, string[]>, key: string): string[] | undefined {
  const path = `jobConfiguration.${key}`;
  const found = Object.entries(errors).filter(([name]) => name === path || name.startsWith(`${path}.`) || name.startsWith(`${path}[`));
  if (found.length === 0) return undefined;
  return found.flatMap(([name, messages]) => (name === path ? messages : messages.map((message) => `${name.slice(path.length + 1)}: ${message}`)));
}

interface SettingProps {
  field: ConfigurationField;
  value: string | boolean | undefined;
  errors: string[] | undefined;
  onChange: (value: string | boolean) => void;
}

function Setting({ field, value, errors, onChange }: SettingProps) {
  const text = typeof value === "string" ? value : "";
  if (field.kind === "boolean") {
    return (
      <div className="field">
        <label className="pair">
          <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.target.checked)} /> {label(field.key)}
        </label>
        {field.about && <p className="hint">{field.about}</p>}
      </div>
    );
  }
  const choices = field.key === "method" ? METHODS : field.choices;
  const isLong = field.kind === "pairs" || field.kind === "json" || LONG.has(field.key);
  return (
    <Field label={label(field.key)} name={`jobConfiguration.${field.key}`} errors={errors} hint={hint(field)}>
      {(props) =>
        choices ? (
          <select {...props} className="input" value={text} onChange={(event) => onChange(event.target.value)}>
            {field.key !== "method" && <option value="">–</option>}
            {choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </select>
        ) : isLong ? (
          <textarea {...props} className="input mono" rows={3} spellCheck={false} value={text} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <input
            {...props}
            className={/path|url|handler/i.test(field.key) ? "input mono" : "input"}
            inputMode={field.kind === "integer" ? "numeric" : "text"}
            spellCheck={false}
            value={text}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}

function hint(field: ConfigurationField): string | undefined {
  const about = field.about.charAt(0).toUpperCase() + field.about.slice(1);
  if (field.kind === "pairs") return `One a line, name: value. ${about}`;
  if (field.kind === "json") return `JSON. ${about}`;
  return about || undefined;
}
