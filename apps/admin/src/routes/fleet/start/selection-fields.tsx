import { counted } from "@tandem/kernel";
import { useQuery } from "@tanstack/react-query";
import { read } from "../../../api/query.ts";
import { Checkbox } from "../../../ui/choice.tsx";
import { Field } from "../../../ui/field.tsx";
import { Input, Select } from "../../../ui/input.tsx";
import { ENVIRONMENTS, type Environment } from "./fleet-draft.ts";
import type { PartProps } from "./part.ts";

interface SelectionFieldsProps extends PartProps {
  readonly playbooks: readonly { readonly name: string; readonly title: string }[];
}

/** What goes to whom: a version of the library, and which deployments it is for. */
export function SelectionFields({ draft, at, onChange, playbooks }: SelectionFieldsProps) {
  const { data } = useQuery({
    ...read("/v1/playbooks/{name}", { path: { name: draft.playbook } }),
    enabled: draft.playbook !== "",
  });
  const versions = data?.versions ?? [];
  return (
    <fieldset className="grid gap-4">
      <legend className="mb-3 text-lg font-semibold">What, and for whom</legend>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label="Playbook" isRequired error={at("/playbook")}>
          <Select
            value={draft.playbook}
            onChange={({ target }) => onChange({ playbook: target.value, version: "", leftOut: new Set() })}
          >
            {playbooks.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Version" isRequired error={at("/version")}>
          <Select
            value={draft.version}
            onChange={({ target }) => onChange({ version: target.value, leftOut: new Set() })}
          >
            <option value="">Choose a version</option>
            {versions.map(({ version, deployments }) => (
              <option key={version} value={version}>
                {deployments === 0 ? version : `${version}, live for ${counted(deployments, "deployment")}`}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      <Environments chosen={draft.environments} onChange={(environments) => onChange({ environments })} />
      <Field
        label="Tags of tenants"
        hint="Only tenants with at least one of them; with commas between. Empty: every tenant."
        error={at("/tenantTags")}
      >
        <Input
          autoComplete="off"
          spellCheck={false}
          placeholder="gold, pilot"
          value={draft.tags}
          onChange={({ target }) => onChange({ tags: target.value })}
        />
      </Field>
      <Checkbox
        label="Also deployments that no caller has ever reached"
        hint="For them it is the first release: there is nothing to go back to."
        checked={draft.includesNeverLive}
        onChange={({ target }) => onChange({ includesNeverLive: target.checked })}
      />
    </fieldset>
  );
}

interface EnvironmentsProps {
  readonly chosen: readonly Environment[];
  readonly onChange: (environments: readonly Environment[]) => void;
}

const Environments = ({ chosen, onChange }: EnvironmentsProps) => (
  <fieldset>
    <legend className="mb-1.5 font-medium">Environments</legend>
    <div className="flex flex-wrap gap-x-6 gap-y-2">
      {ENVIRONMENTS.map((each) => (
        <Checkbox
          key={each}
          label={each}
          checked={chosen.includes(each)}
          onChange={({ target }) =>
            onChange(ENVIRONMENTS.filter((one) => (one === each ? target.checked : chosen.includes(one))))
          }
        />
      ))}
    </div>
    {chosen.length === 0 && <p className="mt-1 text-sm text-ink-faint">None chosen: every environment.</p>}
  </fieldset>
);
