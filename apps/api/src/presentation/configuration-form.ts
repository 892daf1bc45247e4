import type { ConfigurationForm, ConfigurationProblem } from "@tandem/contracts";
import type { Manifest } from "@tandem/domain/manifest";
import { type FormAccount, type FormField, isNeededBy, placeInConfiguration } from "@tandem/domain/release";
import type { Diagnostic } from "@tandem/kernel";
import type { AdapterDescriptor } from "@tandem/ports/adapter";
import type { DeskForm } from "../planning/configuration-desk.ts";

/** Line and column of a JSON pointer in what was sent; null when it was not YAML. */
export type Positions = (pointer: string) => { readonly line: number; readonly column: number } | null;

export function presentForm({
  deployment,
  version,
  manifest,
  overlayVersion,
  form,
  offers,
}: DeskForm): ConfigurationForm {
  const isUsed = (part: Pick<FormField | FormAccount, "agents">) => isNeededBy(part, form.agent.kind);
  return {
    playbook: {
      name: manifest.name,
      version: manifest.version,
      title: manifest.title,
      summary: manifest.summary,
      manifestHash: version.hash,
    },
    configVersion: deployment.configVersion,
    overlayVersion,
    agent: form.agent,
    number: {
      value: deployment.number,
      isRequired: Object.keys(manifest.resources).some((address) => address.startsWith("telephony.number/")),
    },
    groups: [...new Set(form.fields.map(({ parameter }) => parameter.group ?? null))],
    fields: form.fields.map((field) => ({ ...presentField(field), isUsed: isUsed(field) })),
    accounts: form.accounts.map((account) => {
      const { vendors = [], connections = [] } = offers.get(account.role) ?? {};
      return {
        role: account.role,
        reason: account.reason,
        agents: agentsOf(account),
        isNeeded: isUsed(account),
        connectionId: deployment.connections[account.role] ?? null,
        vendors: vendors.map((vendor) => presentVendor(vendor, account)),
        connections: connections.map(({ id, name, vendor, endpoint, credentialVersion }) => ({
          id,
          name,
          vendor,
          endpoint,
          hasCredential: credentialVersion !== null,
        })),
      };
    }),
    problems: form.diagnostics.map((diagnostic) => presentProblem(manifest, diagnostic, () => null)),
  };
}

const agentsOf = ({ agents }: Pick<FormField | FormAccount, "agents">) => (agents === null ? null : [...agents]);

type Shape = FormField["parameter"] | Extract<FormField["parameter"], { type: "list" }>["of"];

const shapeOf = (shape: Shape) => ({
  type: shape.type,
  min: ("min" in shape ? shape.min : undefined) ?? null,
  max: ("max" in shape ? shape.max : undefined) ?? null,
  choices: "choices" in shape ? [...shape.choices] : null,
});

function presentField({ name, parameter, value, source, layers, timeZoneOf, voiceOf, ...field }: FormField) {
  return {
    name,
    label: parameter.label,
    hint: parameter.hint ?? null,
    group: parameter.group ?? null,
    isRequired: parameter.required,
    unit: ("unit" in parameter ? parameter.unit : undefined) ?? null,
    isMultiline: "multiline" in parameter && parameter.multiline === true,
    ...shapeOf(parameter),
    item: parameter.type === "list" ? shapeOf(parameter.of) : null,
    value,
    source,
    layers,
    agents: agentsOf(field),
    timeZoneOf,
    voiceOf,
  };
}

/** Scopes that the playbook asks for and those that the adapter needs in any case, with the reasons that are known. */
function presentVendor({ id, title, requiredScopes }: AdapterDescriptor, { vendors }: FormAccount) {
  const scopes = [...new Set([...Object.keys(requiredScopes), ...(vendors[id] ?? [])])].toSorted();
  return { vendor: id, title, scopes: scopes.map((scope) => ({ scope, reason: requiredScopes[scope] ?? null })) };
}

/** A diagnostic at the input that it belongs to. */
export function presentProblem(
  manifest: Manifest,
  { severity, code, detail, fix, path }: Diagnostic,
  positions: Positions,
): ConfigurationProblem {
  const place = placeInConfiguration(manifest, path);
  const pointer = place === null ? null : pointerOf(place.path);
  const { line, column } = (pointer === null ? null : positions(pointer)) ?? { line: null, column: null };
  return { severity, code, message: detail, fix, pointer, field: place?.field ?? null, path, line, column };
}

const pointerOf = (path: readonly (string | number)[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
