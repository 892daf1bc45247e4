import { Subject } from "../../shell/subject.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton, Mono } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { KeyValue } from "../../ui/key-value.tsx";
import { Time } from "../../ui/time.tsx";
import type { AuditFilter } from "./audit-filter.ts";
import type { Entry } from "./entry-columns.tsx";
import { ObjectLink } from "./object-link.tsx";

interface EntryDialogProps {
  readonly tenant: string;
  readonly entry: Entry;
  readonly onClose: () => void;
  /** More of the same. */
  readonly onNarrow: (change: AuditFilter) => void;
}

/** One entry, whole. */
export function EntryDialog({ tenant, entry, onClose, onNarrow }: EntryDialogProps) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Entry ${entry.seq}: ${entry.action}`}
      actions={
        <>
          <Button onClick={() => onNarrow({ object: entry.object })}>All of this object</Button>
          <Button onClick={() => onNarrow({ actor: entry.actor })}>All by this actor</Button>
        </>
      }
    >
      <KeyValue
        entries={[
          ["When", <Time key="at" at={entry.at} />],
          [
            "Who",
            <span key="who">
              <Subject tenant={tenant} of={entry.actor} /> by {entry.via}
              <span className="block font-mono text-sm text-ink-faint">{entry.actor}</span>
            </span>,
          ],
          ["Object", <ObjectLink key="object" tenant={tenant} object={entry.object} />],
          ["Reason", entry.reason ?? <span className="text-ink-faint">none was given</span>],
          ["Request", entry.requestId === null ? undefined : <Mono>{entry.requestId}</Mono>],
          ["Value before", <FullHash key="before" value={entry.beforeHash} />],
          ["Value after", <FullHash key="after" value={entry.afterHash} />],
          ["Entry before", <FullHash key="prev" value={entry.prevHash} />],
          ["This entry", <FullHash key="hash" value={entry.hash} />],
        ]}
      />
      <p className="mt-4 text-sm text-ink-faint">
        Hashes are SHA-256. The hash of this entry covers all of the above and the entry before.
      </p>
    </Dialog>
  );
}

const FullHash = ({ value }: { readonly value: string | null }) =>
  value === null || value === "" ? (
    <span className="text-ink-faint">there was none</span>
  ) : (
    <span className="flex items-start gap-1">
      <code className="min-w-0 font-mono text-sm break-all">{value}</code>
      <CopyButton text={value} label="Copy the hash" />
    </span>
  );
