import { counted } from "@tandem/kernel";
import { useState } from "react";
import { classNames } from "./class-names.ts";

/** Longer texts begin folded. */
const MOST_LINES = 12;
const SHOWN_LINES = 8;
/** From here on a text is read as a document and not as a value. */
const DOCUMENT_LINES = 5;

/** A text that is new as a whole; a long one shows its beginning. */
export function LongText({ text }: { readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  const lines = text.split("\n");
  const isFolded = !isOpen && lines.length > MOST_LINES;
  const isDocument = lines.length >= DOCUMENT_LINES;
  return (
    <div
      className={classNames(isDocument && "overflow-hidden rounded-md border border-line bg-sunken font-mono text-sm")}
    >
      <div className={classNames("whitespace-pre-wrap", isDocument && "px-3 py-2")}>
        {isFolded ? lines.slice(0, SHOWN_LINES).join("\n") : text}
      </div>
      {isFolded && (
        <button
          type="button"
          onClick={() => setOpen(true)}
          className="block w-full border-t border-line px-3 py-1 text-left font-sans text-ink-soft hover:bg-hover hover:text-ink focus-visible:-outline-offset-2"
        >
          {`Show ${counted(lines.length - SHOWN_LINES, "more line")}`}
        </button>
      )}
    </div>
  );
}
