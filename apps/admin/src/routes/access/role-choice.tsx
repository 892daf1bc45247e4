import { Checkbox } from "../../ui/choice.tsx";
import { type RoleName, roleWords } from "./roles.ts";

interface RoleChoiceProps<Role extends RoleName> {
  readonly of: readonly Role[];
  readonly chosen: readonly Role[];
  readonly onChange: (roles: readonly Role[]) => void;
}

/** Roles, each with what it may do. */
export const RoleChoice = <Role extends RoleName>({ of, chosen, onChange }: RoleChoiceProps<Role>) => (
  <fieldset className="grid gap-2.5">
    <legend className="mb-2 font-medium">Roles</legend>
    {of.map((role) => (
      <Checkbox
        key={role}
        label={roleWords[role].title}
        hint={roleWords[role].may}
        checked={chosen.includes(role)}
        onChange={({ target: { checked } }) =>
          onChange(of.filter((each) => (each === role ? checked : chosen.includes(each))))
        }
      />
    ))}
  </fieldset>
);
