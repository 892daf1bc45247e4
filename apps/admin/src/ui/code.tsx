import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "./button.tsx";

/** An identifier within a sentence or a cell. */
export const Mono = ({ children }: { readonly children: string }) => (
  <code className="rounded-xs font-mono text-[0.92em]">{children}</code>
);

/** The first characters of a hash or id, the whole of it on hover. */
export const Hash = ({ value, length = 8 }: { readonly value: string; readonly length?: number }) => (
  <code className="font-mono text-[0.92em]" title={value}>
    {value.replace(/^sha256:/, "").slice(0, length)}
  </code>
);

/** A block of text as it is, to read and copy. */
export const Code = ({ text, label }: { readonly text: string; readonly label: string }) => (
  <div className="relative rounded-lg border border-line bg-sunken">
    {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
    <pre
      tabIndex={0}
      aria-label={label}
      role="region"
      className="max-h-[32rem] overflow-auto p-4 pr-14 font-mono text-sm"
    >
      {text}
    </pre>
    <div className="absolute top-2 right-2">
      <CopyButton text={text} label={`Copy ${label}`} />
    </div>
  </div>
);

const SHOWN_MS = 1500;

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <>
      <IconButton
        size="small"
        label={label}
        icon={isCopied ? <Check className="size-4" /> : <Copy className="size-4" />}
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      />
      <span role="status" className="sr-only">
        {isCopied ? "Copied" : ""}
      </span>
    </>
  );
}
