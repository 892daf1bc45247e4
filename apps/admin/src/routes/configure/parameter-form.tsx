import type { Json } from "@tandem/kernel";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Card, Section } from "../../ui/section.tsx";
import type { Draft } from "./draft.ts";
import {
  fieldState,
  type Form,
  type FormField,
  isFor,
  type Layer,
  placeOf,
  type Problem,
  problemsOf,
} from "./form-field.ts";
import { isWide, ParameterField } from "./parameter-field.tsx";

interface ParameterFormProps {
  readonly tenant: string;
  readonly tenantName: string;
  readonly form: Form;
  readonly draft: Draft;
  readonly layer: Layer;
  readonly agent: string | null;
  readonly problems: readonly Problem[];
  readonly changes: readonly string[];
  readonly isDisabled: boolean;
  readonly onChange: (place: string, value: Json | undefined) => void;
}

/** The playbook's parameters under their headings; what the chosen agent does not use is folded away. */
export const ParameterForm = (props: ParameterFormProps) => (
  <>
    {props.form.groups.map((group) => (
      <Group key={group ?? ""} {...props} group={group} />
    ))}
  </>
);

export const groupId = (group: string | null): string =>
  `group-${(group ?? "other").toLowerCase().replaceAll(/\W+/g, "-")}`;

function Group({ group, form, agent, ...props }: ParameterFormProps & { readonly group: string | null }) {
  const [isUnfolded, setUnfolded] = useState(false);
  const fields = form.fields.filter((field) => field.group === group);
  const used = fields.filter((field) => isFor(field, agent));
  const unused = fields.filter((field) => !isFor(field, agent));
  if (used.length === 0) return null;
  return (
    <div id={groupId(group)} className="scroll-mt-6">
      <Section title={group ?? "Other"}>
        <Card>
          <Fields {...props} fields={isUnfolded ? fields : used} />
          {unused.length > 0 && (
            <div className="mt-4 border-t border-line pt-2.5">
              <Button look="quiet" size="small" aria-expanded={isUnfolded} onClick={() => setUnfolded(!isUnfolded)}>
                {isUnfolded ? "Hide" : "Show"} what only other agents use ({unused.length})
              </Button>
            </div>
          )}
        </Card>
      </Section>
    </div>
  );
}

interface FieldsProps extends Omit<ParameterFormProps, "form" | "agent"> {
  readonly fields: readonly FormField[];
}

const Fields = ({ fields, draft, layer, problems, changes, onChange, ...props }: FieldsProps) => (
  <div className="grid gap-x-8 gap-y-5 md:grid-cols-2">
    {fields.map((field) => (
      <div key={field.name} className={classNames("min-w-0", isWide(field) && "md:col-span-2")}>
        <ParameterField
          {...props}
          field={field}
          state={fieldState(field, draft, layer)}
          connection={field.voiceOf === null ? undefined : draft.connections[field.voiceOf]}
          problems={problemsOf(problems, field)}
          isChanged={changes.includes(placeOf(field))}
          onChange={(value) => onChange(placeOf(field), value)}
        />
      </div>
    ))}
  </div>
);
