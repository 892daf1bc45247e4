import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog, type DialogProps } from "./dialog.tsx";

export interface FormDialogProps extends Pick<DialogProps, "title" | "children" | "width"> {
  readonly onClose: () => void;
  /** What the main button does, as a verb. */
  readonly act: ReactNode;
  readonly onAct: () => void;
  /** Whether it is being done; the dialog stays until it is. */
  readonly isBusy: boolean;
  /** What is missing before it can be done; null: nothing is. */
  readonly disabledBecause: string | null;
}

/** A dialog in which something is filled in and then done, or left. */
export const FormDialog = ({ onClose, act, onAct, isBusy, disabledBecause, ...dialog }: FormDialogProps) => (
  <Dialog
    isOpen
    onClose={isBusy ? undefined : onClose}
    actions={
      <>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" isBusy={isBusy} disabledBecause={disabledBecause} onClick={onAct}>
          {act}
        </Button>
      </>
    }
    {...dialog}
  />
);
