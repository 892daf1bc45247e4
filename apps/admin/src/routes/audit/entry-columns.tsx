import type { Schemas } from "../../api/generated/schema.ts";
import { Subject } from "../../shell/subject.tsx";
import { Hash } from "../../ui/code.tsx";
import type { Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { ObjectLink } from "./object-link.tsx";

export type Entry = Schemas["AuditRow"];

export const entryColumns = (tenant: string, onShow: (entry: Entry) => void): readonly Column<Entry>[] => [
  {
    name: "seq",
    header: "No.",
    width: "4.5rem",
    align: "end",
    cell: (entry) => (
      <button
        type="button"
        aria-label={`Entry ${entry.seq}: ${entry.action}`}
        className="rounded-xs underline decoration-edge underline-offset-3 hover:decoration-ink"
        onClick={() => onShow(entry)}
      >
        {entry.seq}
      </button>
    ),
  },
  { name: "at", header: "When", width: "8rem", cell: ({ at }) => <Time at={at} show="absolute" /> },
  {
    name: "action",
    header: "What",
    width: "13rem",
    cell: ({ action }) => (
      <span className="font-mono text-sm" title={action}>
        {action}
      </span>
    ),
  },
  {
    name: "object",
    header: "Object",
    width: "12rem",
    from: "md",
    cell: ({ object }) => <ObjectLink tenant={tenant} object={object} />,
  },
  {
    name: "actor",
    header: "Who",
    width: "10rem",
    from: "sm",
    cell: ({ actor, via }) => (
      <>
        <Subject tenant={tenant} of={actor} /> <span className="text-sm text-ink-faint">{via}</span>
      </>
    ),
  },
  {
    name: "reason",
    header: "Reason",
    from: "lg",
    cell: ({ reason }) =>
      reason === null ? <span className="text-ink-faint">–</span> : <span title={reason}>{reason}</span>,
  },
  {
    name: "hashes",
    header: "Before → after",
    width: "11rem",
    from: "2xl",
    cell: ({ beforeHash, afterHash }) => (
      <span className="text-ink-soft">
        <Change hash={beforeHash} /> → <Change hash={afterHash} />
      </span>
    ),
  },
];

/** The hash of a value, or that there was none. */
const Change = ({ hash }: { readonly hash: string | null }) =>
  hash === null ? <span className="text-ink-faint">–</span> : <Hash value={hash} length={6} />;
