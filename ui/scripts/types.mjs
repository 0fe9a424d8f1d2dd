// Writes src/api/types.gen.ts: a TypeScript type for every schema of openapi.json.
import { readFileSync, writeFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const document = JSON.parse(readFileSync(new URL("openapi.json", root), "utf8"));
const words = { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" };

function typeOf(schema) {
  if (schema === true || schema === undefined) return "unknown";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return several.map((one) => grouped(typeOf(one))).join(" | ");
  if (schema.allOf) return schema.allOf.map((one) => grouped(typeOf(one))).join(" & ");
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.map((type) => one(type, schema)).join(" | ");
}

function one(type, schema) {
  if (type === "array") return `${grouped(typeOf(schema.items))}[]`;
  if (type === "object" || schema.properties) return objectOf(schema);
  return words[type] ?? "unknown";
}

function objectOf(schema) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const about = field.description ? `  /** ${field.description.replaceAll("*/", "* /").replaceAll("\n", " ")} */\n` : "";
    return `${about}  ${JSON.stringify(name)}${required.has(name) ? "" : "?"}: ${typeOf(field)};`;
  });
  const rest = schema.additionalProperties;
  if (rest && typeof rest === "object") fields.push(`  [name: string]: ${typeOf(rest)};`);
  if (fields.length === 0) return "Record<string, unknown>";
  return `{\n${fields.join("\n")}\n}`;
}

function grouped(text) {
  return /[|&]/.test(text) && !text.startsWith("{") ? `(${text})` : text;
}

const types = Object.entries(document.components.schemas).map(([name, schema]) => {
  const about = schema.description ? `/** ${schema.description.replaceAll("*/", "* /").replaceAll("\n", " ")} */\n` : "";
  return `${about}export type ${name} = ${typeOf(schema)};\n`;
});
const head = "// Made from openapi.json by scripts/types.mjs; not to be edited.\n\n";
writeFileSync(new URL("../src/api/types.gen.ts", import.meta.url), head + types.join("\n"));

// And src/api/forms.gen.ts: the keys of a job's configuration by job type, with what a form needs.
const schemas = document.components.schemas;
const followed = (schema) => (schema.$ref ? schemas[schema.$ref.split("/").pop()] : schema);
const jobTypes = schemas.JobType.enum;
const forms = Object.fromEntries(jobTypes.map((type) => [type, []]));

/** "`A`: one. `B`: two." holds a sentence for each type. */
function hintFor(type, about) {
  const parts = about.split(/(?=`[A-Z]\w+`[:.])/);
  const own = parts.find((part) => part.startsWith(`\`${type}\``)) ?? about;
  return own.replace(/^`\w+`[:.]?\s*/, "").replaceAll("`", "").trim();
}

function kindOf(inner) {
  if (inner.enum) return "choice";
  const type = (Array.isArray(inner.type) ? inner.type : [inner.type]).find((one) => one !== "null");
  if (type === "array") return followed(inner.items).type === "integer" ? "numbers" : "texts";
  if (type === "object") return inner.additionalProperties?.type === "string" ? "pairs" : "json";
  return type;
}

for (const [key, schema] of Object.entries(schemas.JobConfiguration.properties)) {
  const about = schema.description ?? "";
  const inner = followed((schema.anyOf ?? []).find((one) => one.type !== "null") ?? schema);
  const field = { key, kind: kindOf(inner) };
  if (inner.enum) field.choices = inner.enum;
  if (inner.minimum !== undefined) field.min = inner.minimum;
  if (inner.maximum !== undefined) field.max = inner.maximum;
  for (const type of jobTypes.filter((one) => about.includes(`\`${one}\``))) forms[type].push({ ...field, about: hintFor(type, about) });
}

const fieldType = `export interface ConfigurationField {
  key: string;
  kind: "string" | "integer" | "number" | "boolean" | "choice" | "numbers" | "texts" | "pairs" | "json";
  choices?: readonly string[];
  min?: number;
  max?: number;
  about: string;
}
`;
writeFileSync(
  new URL("../src/api/forms.gen.ts", import.meta.url),
  `${head}${fieldType}\nexport const CONFIGURATION: Record<string, readonly ConfigurationField[]> = ${JSON.stringify(forms, null, 2)};\n`,
);
