import type { Json } from "@tandem/kernel";
import type { FormField } from "../form-field.ts";

/** What an input shows and changes. */
export interface ControlProps {
  readonly shape: Pick<FormField, "type" | "min" | "max" | "choices"> &
    Partial<Pick<FormField, "isMultiline" | "item">>;
  /** Undefined: nothing is set. */
  readonly value: Json | undefined;
  readonly onChange: (value: Json) => void;
  /** The input has been left empty. */
  readonly onEmpty?: () => void;
  readonly isDisabled: boolean;
  /** Read out where no `Field` labels it. */
  readonly label?: string;
}
