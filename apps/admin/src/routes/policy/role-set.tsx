import { useId } from "react";
import { Checkbox } from "../../ui/choice.tsx";
import { type RoleName, roleWords } from "../access/roles.ts";

interface RoleSetProps<Role extends RoleName> {
  readonly legend: string;
  readonly of: readonly Role[];
  readonly chosen: readonly Role[];
  readonly error: string | null;
  readonly onChange: (roles: readonly Role[]) => void;
}

/** Some of a few roles. */
export function RoleSet<Role extends RoleName>({ legend, of, chosen, error, onChange }: RoleSetProps<Role>) {
  const errorId = useId();
  return (
    <fieldset aria-describedby={error === null ? undefined : errorId}>
      <legend className="mb-1.5 font-medium">{legend}</legend>
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        {of.map((role) => (
          <Checkbox
            key={role}
            label={roleWords[role].title}
            checked={chosen.includes(role)}
            onChange={({ target: { checked } }) =>
              onChange(of.filter((each) => (each === role ? checked : chosen.includes(each))))
            }
          />
        ))}
      </div>
      {error !== null && (
        <p id={errorId} className="mt-1.5 text-sm text-bad">
          <span aria-hidden="true">▲ </span>
          {error}
        </p>
      )}
    </fieldset>
  );
}
