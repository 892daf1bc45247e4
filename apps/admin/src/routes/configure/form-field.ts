import type { Json } from "@tandem/kernel";
import type { Schemas } from "../../api/generated/schema.ts";
import { type Draft, valueAt } from "./draft.ts";

export type Form = Schemas["ConfigurationForm"];
export type FormField = Schemas["FormField"];
export type FormAccount = Schemas["FormAccount"];
export type Problem = Schemas["ConfigurationProblem"];
/** Which overlay is edited: the deployment's own, or the tenant's for all its deployments of the playbook. */
export type Layer = "deployment" | "tenant";
export type Source = "playbook" | "tenant" | "deployment";

/** A field with the draft's value. */
export interface FieldState {
  /** The value in force with the draft; undefined when nobody sets one. */
  readonly value: Json | undefined;
  readonly source: Source | null;
  /** What would be in force without the layer that is edited. */
  readonly inherited: Json | undefined;
  readonly inheritedFrom: Source | null;
  /** True when the edited layer says something itself. */
  readonly isOwn: boolean;
  /** While the tenant's layer is edited: the deployment has a value of its own that wins. */
  readonly isCovered: boolean;
}

/** How a field stands with the draft of a layer. */
export function fieldState(field: FormField, draft: Draft, layer: Layer): FieldState {
  const own = valueAt(draft, placeOf(field));
  const below: readonly (readonly [Source, Json | undefined])[] =
    layer === "deployment"
      ? [
          ["tenant", field.layers.tenant],
          ["playbook", field.layers.playbook],
        ]
      : [["playbook", field.layers.playbook]];
  const [inheritedFrom, inherited] = below.find(([, value]) => value !== undefined) ?? [null, undefined];
  const isOwn = own !== undefined;
  return {
    value: (isOwn ? own : inherited) ?? undefined,
    source: isOwn ? layer : inheritedFrom,
    inherited: inherited ?? undefined,
    inheritedFrom: inherited == null ? null : inheritedFrom,
    isOwn,
    isCovered: layer === "tenant" && field.layers.deployment !== undefined,
  };
}

export const placeOf = ({ name }: Pick<FormField, "name">): string => `overlay/${name}`;

/** What an input that is empty says: nothing, or for an optional one that no inherited value is wanted. */
export const emptied = (field: FormField, { inherited }: FieldState): Json | undefined =>
  !field.isRequired && inherited !== undefined ? null : undefined;

/** The kind of agent that the draft chooses; null when it is not known. */
export function chosenAgent(form: Form, draft: Draft, layer: Layer): string | null {
  const field = form.fields.find(({ name }) => name === form.agent.parameter);
  if (field === undefined) return form.agent.kind;
  const { value } = fieldState(field, draft, layer);
  return typeof value === "string" ? value : null;
}

/** Whether a release of this agent uses the field or needs the account. */
export const isFor = ({ agents }: Pick<FormField, "agents">, agent: string | null): boolean =>
  agents === null || agent === null || agents.some((each) => each === agent);

/** What the server says of a parameter, whichever layer is to blame. */
export const problemsOf = (problems: readonly Problem[], { name }: Pick<FormField, "name">): readonly Problem[] =>
  problems.filter(({ field, pointer }) => field === name && pointer?.startsWith("/connections/") !== true);

/** What the server says of one place of the draft: `/number`, `/connections/crm`. */
export const problemsAt = (problems: readonly Problem[], wanted: string): readonly Problem[] =>
  problems.filter(({ pointer }) => pointer === wanted);

/** A value in few words, for notes and comparisons. */
export function valueText(field: Pick<FormField, "type" | "unit" | "choices"> | null, value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "no value";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" || typeof value === "number") {
    const label = field?.choices?.find((choice) => choice.value === value)?.label ?? String(value);
    return field?.unit == null ? label : `${label} ${field.unit}`;
  }
  return JSON.stringify(value);
}
