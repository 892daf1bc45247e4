import type { Json } from "@tandem/kernel";
import { useId, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { type Conflict, type Draft, withValue } from "./draft.ts";
import { type Form, valueText } from "./form-field.ts";
import { roleName } from "./accounts-part.tsx";
import type { Clash } from "./use-edit.ts";

interface ClashDialogProps {
  readonly clash: Clash | null;
  readonly form: Form;
  readonly isBusy: boolean;
  readonly onClose: () => void;
  readonly onSettle: (draft: Draft) => void;
}

/** Both versions of each input that two people have changed, to choose from. */
export function ClashDialog({ clash, ...props }: ClashDialogProps) {
  return clash === null ? null : <OpenClash {...props} clash={clash} />;
}

function OpenClash({ clash, form, isBusy, onClose, onSettle }: ClashDialogProps & { readonly clash: Clash }) {
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const choose = (place: string, isTheirs: boolean): void => {
    const next = new Set(theirs);
    if (isTheirs) next.add(place);
    else next.delete(place);
    setTheirs(next);
  };
  const settle = (): void => {
    const taken = clash.conflicts.filter(({ place }) => theirs.has(place));
    onSettle(taken.reduce((draft, conflict) => withValue(draft, conflict.place, conflict.theirs), clash.merged));
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Somebody else has changed the same"
      actions={
        <>
          <Button onClick={onClose}>Keep editing</Button>
          <Button look="main" isBusy={isBusy} onClick={settle}>
            Save with these
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <p className="text-ink-soft">Choose what is to be saved. Your other changes are saved as they are.</p>
        {clash.conflicts.map((conflict) => (
          <Choice
            key={conflict.place}
            conflict={conflict}
            form={form}
            isTheirs={theirs.has(conflict.place)}
            onChoose={(isTheirs) => choose(conflict.place, isTheirs)}
          />
        ))}
        {clash.taken.length > 0 && (
          <p className="text-sm text-ink-faint">
            Also changed by them, and kept: {clash.taken.map((place) => placeName(form, place)).join(", ")}.
          </p>
        )}
      </div>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly conflict: Conflict;
  readonly form: Form;
  readonly isTheirs: boolean;
  readonly onChoose: (isTheirs: boolean) => void;
}

function Choice({ conflict: { place, mine, theirs }, form, isTheirs, onChoose }: ChoiceProps) {
  const id = useId();
  const field = form.fields.find(({ name }) => place === `overlay/${name}`) ?? null;
  const text = (value: Json | undefined): string => connectionName(form, value) ?? valueText(field, value);
  return (
    <fieldset className="grid gap-2 rounded-lg border border-line p-3">
      <legend className="px-1 font-medium">{placeName(form, place)}</legend>
      {[
        { isTheirs: false, who: "Yours", value: mine },
        { isTheirs: true, who: "Theirs", value: theirs },
      ].map((each) => (
        <label key={each.who} className="flex items-start gap-2.5">
          <input
            type="radio"
            name={id}
            className="mt-1 accent-(--ink)"
            checked={isTheirs === each.isTheirs}
            onChange={() => onChoose(each.isTheirs)}
          />
          <span className="w-14 text-ink-faint">{each.who}</span>
          <span className="min-w-0 flex-1">{each.value === undefined ? "what is inherited" : text(each.value)}</span>
        </label>
      ))}
    </fieldset>
  );
}

const placeName = (form: Form, place: string): string => {
  if (place === "number") return "Number that callers dial";
  const name = place.slice(place.indexOf("/") + 1);
  if (place.startsWith("connections/")) return roleName(name);
  return form.fields.find((field) => field.name === name)?.label ?? name;
};

const connectionName = (form: Form, value: Json | undefined): string | null =>
  form.accounts.flatMap(({ connections }) => connections).find(({ id }) => id === value)?.name ?? null;
