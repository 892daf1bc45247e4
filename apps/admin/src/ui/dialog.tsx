import { X } from "lucide-react";
import { type ReactNode, type SyntheticEvent, useEffect, useId, useState } from "react";
import { IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";

export interface DialogProps {
  readonly isOpen: boolean;
  /** Escape, the cross, a click beside it. Left out: it stays until it is answered. */
  readonly onClose?: (() => void) | undefined;
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** The row of buttons below. */
  readonly actions?: ReactNode;
  readonly width?: "narrow" | "normal" | "wide";
  readonly role?: "dialog" | "alertdialog";
}

const WIDTHS = { narrow: "sm:max-w-md", normal: "sm:max-w-xl", wide: "sm:max-w-4xl" };

/**
 * The browser's own modal dialog: the page behind it is inert, focus goes in and comes back. The element with `data-autofocus` gets the
 * focus, else the first that can. On phones it rises from the bottom edge.
 */
export function Dialog({ isOpen, onClose, title, children, actions, width = "normal", role = "dialog" }: DialogProps) {
  const [dialog, setDialog] = useState<HTMLDialogElement | null>(null);
  const titleId = useId();
  useEffect(() => {
    if (dialog === null) return undefined;
    const before = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, [dialog]);
  if (!isOpen) return null;
  const cancel = (event: SyntheticEvent): void => {
    event.preventDefault();
    onClose?.();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- Escape is the key; the click is on the backdrop
    <dialog
      ref={setDialog}
      role={role}
      aria-labelledby={titleId}
      onCancel={cancel}
      onClick={(event) => event.target === dialog && onClose?.()}
      className={classNames(
        "m-auto w-full rounded-xl border border-line bg-raised p-0 text-base shadow-raised max-sm:mb-0 max-sm:max-w-full max-sm:rounded-b-none",
        WIDTHS[width],
      )}
    >
      <div className="flex items-start justify-between gap-4 px-5 pt-4">
        <h2 id={titleId} className="pt-1 text-lg font-semibold">
          {title}
        </h2>
        {onClose !== undefined && <IconButton label="Close" icon={<X className="size-4" />} onClick={onClose} />}
      </div>
      <div className="px-5 pt-2 pb-5">{children}</div>
      {actions !== undefined && (
        <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3 max-sm:flex-col-reverse">
          {actions}
        </div>
      )}
    </dialog>
  );
}
