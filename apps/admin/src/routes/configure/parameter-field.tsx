import type { Json } from "@tandem/kernel";
import { type ReactNode, useState } from "react";
import { Field } from "../../ui/field.tsx";
import { roleName } from "./accounts-part.tsx";
import { ExceptionsControl, HolidaysControl, ListControl } from "./controls/list-controls.tsx";
import { HoursControl } from "./controls/hours-control.tsx";
import {
  BooleanControl,
  ChoiceControl,
  IntegerControl,
  isLong,
  PhoneControl,
  TextControl,
} from "./controls/text-controls.tsx";
import { VoiceControl } from "./controls/voice-control.tsx";
import { ZoneControl } from "./controls/zone-control.tsx";
import { emptied, type FieldState, type FormField, type Problem } from "./form-field.ts";
import { GroupField } from "./group-field.tsx";
import { Provenance } from "./provenance.tsx";

interface ParameterFieldProps {
  readonly tenant: string;
  readonly tenantName: string;
  readonly field: FormField;
  readonly state: FieldState;
  /** For a voice: the connection whose voice it is; undefined while none is chosen. */
  readonly connection: string | undefined;
  readonly problems: readonly Problem[];
  readonly isChanged: boolean;
  readonly isDisabled: boolean;
  /** Undefined: the layer says nothing any more. */
  readonly onChange: (value: Json | undefined) => void;
}

const GROUPED: ReadonlySet<string> = new Set(["weekly-hours", "holidays", "schedule-overrides", "list"]);

/** Whether the field takes the whole width of the form. */
export const isWide = (field: FormField): boolean => GROUPED.has(field.type) || field.isMultiline || isLong(field);

/** One parameter: its input, what is wrong with it, and which layer its value comes from. */
export function ParameterField(props: ParameterFieldProps) {
  const { field, state, problems, isChanged, onChange } = props;
  const [isTouched, setTouched] = useState(false);
  const isMissing = state.value === undefined;
  const isTold = isTouched || isChanged || !isMissing;
  const frame = {
    label: field.label,
    hint: hintOf(field),
    isRequired: field.isRequired,
    error: isTold ? errorText(problems) : null,
    note: <Provenance {...props} isMissing={isMissing && field.isRequired} onReset={() => onChange(undefined)} />,
  };
  const control = <Control {...props} onChange={onChange} onEmpty={() => onChange(emptied(field, state))} />;
  return (
    <div id={`field-${field.name}`} className="scroll-mt-24" onBlur={() => setTouched(true)}>
      {GROUPED.has(field.type) ? (
        <GroupField {...frame}>{control}</GroupField>
      ) : (
        <Field {...frame} unit={field.unit ?? undefined}>
          {control}
        </Field>
      )}
    </div>
  );
}

const errorText = (problems: readonly Problem[]): string | null =>
  problems.length === 0 ? null : problems.map(({ message }) => message).join(" ");

const ZONED: ReadonlySet<string> = new Set(["weekly-hours", "holidays", "schedule-overrides"]);

function hintOf({ hint, type, min, max, unit, timeZoneOf, voiceOf }: FormField): ReactNode {
  const range =
    type === "integer" && min !== null && max !== null
      ? `From ${min} to ${max}${unit === null ? "" : ` ${unit}`}.`
      : null;
  const zone = ZONED.has(type) && timeZoneOf !== null ? "In the time zone above." : null;
  const voice = voiceOf === null ? null : `A voice of the account chosen for ${roleName(voiceOf)}.`;
  const parts = [hint, range, zone, voice].filter((part) => part !== null);
  return parts.length === 0 ? undefined : parts.join(" ");
}

function Control({
  tenant,
  field,
  state,
  connection,
  isDisabled,
  onChange,
  onEmpty,
}: ParameterFieldProps & { readonly onEmpty: () => void }) {
  const props = { shape: field, value: state.value, onChange, onEmpty, isDisabled };
  switch (field.type) {
    case "integer":
      return <IntegerControl {...props} />;
    case "boolean":
      return <BooleanControl {...props} />;
    case "choice":
      return <ChoiceControl {...props} />;
    case "phone-number":
      return <PhoneControl {...props} />;
    case "voice":
      return <VoiceControl {...props} tenant={tenant} connection={connection} />;
    case "time-zone":
      return <ZoneControl {...props} tenant={tenant} />;
    case "weekly-hours":
      return <HoursControl {...props} label={field.label} />;
    case "holidays":
      return <HolidaysControl {...props} />;
    case "schedule-overrides":
      return <ExceptionsControl {...props} />;
    case "list":
      return <ListControl {...props} label={field.label} />;
    default:
      return <TextControl {...props} />;
  }
}
