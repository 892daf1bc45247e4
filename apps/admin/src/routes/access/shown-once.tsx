import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Note } from "../../ui/note.tsx";

interface ShownOnceProps {
  readonly title: string;
  /** Null: the answer of a repeated request no longer holds it. */
  readonly secret: string | null;
  readonly label: string;
  /** What to do with it. */
  readonly children: string;
  readonly onClose: () => void;
}

/** Something that is shown now and never again; it stays until one says that it is kept. */
export const ShownOnce = ({ title, secret, label, children, onClose }: ShownOnceProps) => (
  <Dialog
    isOpen
    title={title}
    actions={
      <Button look="main" onClick={onClose}>
        I have kept it
      </Button>
    }
  >
    <div className="grid gap-4">
      {secret === null ? (
        <Note tone="warn" title="It was shown before">
          <p>The answer got lost on the way, and it is kept nowhere. Take this one back and make another.</p>
        </Note>
      ) : (
        <>
          <div className="flex items-start gap-2 rounded-lg border border-line bg-sunken p-3">
            <code aria-label={label} className="min-w-0 flex-1 font-mono text-sm break-all select-all">
              {secret}
            </code>
            <CopyButton text={secret} label={`Copy ${label}`} />
          </div>
          <Note tone="warn" title="It is shown this once">
            <p>{children}</p>
          </Note>
        </>
      )}
    </div>
  </Dialog>
);
