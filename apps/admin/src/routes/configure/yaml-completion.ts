import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import type { Form, FormField, Layer } from "./form-field.ts";

/** Names of parameters and roles below their heading, and the values that fit behind them. */
export function completionsFor(form: Form, layer: Layer): CompletionSource {
  const overlay = layer === "tenant" ? "values" : "overlay";
  const parameters = form.fields.map((field): Completion => ({
    label: field.name,
    detail: field.label,
    info: field.hint ?? "",
    apply: `${field.name}: `,
    type: "property",
  }));
  const roles = form.accounts.map(({ role, reason }): Completion => ({
    label: role,
    info: reason,
    apply: `${role}: `,
    type: "property",
  }));
  const heads = (layer === "tenant" ? ["values"] : ["number", "connections", "overlay"]).map((name): Completion => ({
    label: name,
    apply: `${name}:`,
    type: "keyword",
  }));
  return (context) => {
    const { line, before } = lineAt(context);
    const value = /^\s*([\w.]+):\s+(\S*)$/.exec(before);
    if (value !== null) {
      const options = valuesOf(form, value[1] ?? "");
      return options.length === 0 ? null : { from: context.pos - (value[2] ?? "").length, options };
    }
    const name = /^(\s*)([\w.]*)$/.exec(before);
    if (name === null || (name[2] === "" && !context.explicit)) return null;
    const from = context.pos - (name[2] ?? "").length;
    if (name[1] === "") return { from, options: heads };
    const parent = parentAt(context, line);
    if (parent === overlay) return { from, options: unused(parameters, context) };
    return parent === "connections" && layer === "deployment" ? { from, options: unused(roles, context) } : null;
  };
}

const lineAt = ({ state, pos }: CompletionContext) => {
  const line = state.doc.lineAt(pos);
  return { line: line.number, before: line.text.slice(0, pos - line.from) };
};

/** The heading without indentation above a line. */
function parentAt({ state }: CompletionContext, line: number): string | null {
  for (let number = line - 1; number >= 1; number -= 1) {
    const head = /^([\w]+):/.exec(state.doc.line(number).text);
    if (head !== null) return head[1] ?? null;
  }
  return null;
}

const unused = (options: readonly Completion[], { state }: CompletionContext): Completion[] => {
  const text = state.doc.toString();
  return options.filter(({ label }) => !new RegExp(`^ +${label.replaceAll(".", "\\.")}:`, "m").test(text));
};

function valuesOf(form: Form, name: string): CompletionResult["options"] {
  const account = form.accounts.find(({ role }) => role === name);
  if (account !== undefined)
    return account.connections.map(({ id, name: label, vendor }) => ({ label, detail: vendor, apply: id }));
  const field = form.fields.find((each) => each.name === name);
  if (field === undefined) return [];
  if (field.type === "boolean") return [{ label: "true" }, { label: "false" }];
  return [...choicesOf(field), ...defaultOf(field)];
}

const choicesOf = ({ choices }: FormField): Completion[] =>
  (choices ?? []).map(({ value, label }) => ({ label: value, detail: label }));

const defaultOf = ({ choices, layers: { playbook } }: FormField): Completion[] =>
  choices !== null || (typeof playbook !== "string" && typeof playbook !== "number")
    ? []
    : [{ label: String(playbook), detail: "the playbook's default", apply: JSON.stringify(playbook) }];
