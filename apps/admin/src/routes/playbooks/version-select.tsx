import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/input.tsx";
import type { Version } from "./playbook.ts";

interface VersionSelectProps {
  readonly label: string;
  readonly versions: readonly Version[];
  readonly value: string;
  readonly onChoose: (version: string) => void;
}

export const VersionSelect = ({ label, versions, value, onChoose }: VersionSelectProps) => (
  <Field label={label} isRequired className="w-44">
    <Select value={value} onChange={({ target }) => onChoose(target.value)}>
      {versions.map(({ version, hash, deployments }) => (
        <option key={hash} value={version}>
          {deployments === 0 ? version : `${version} · runs in ${deployments}`}
        </option>
      ))}
    </Select>
  </Field>
);
