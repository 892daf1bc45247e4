import type { Schemas } from "../../api/generated/schema.ts";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { Hash } from "../../ui/code.tsx";
import { Link } from "../../ui/link.tsx";
import { type Slot, SlotBadge } from "../../ui/slot-badge.tsx";
import type { Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { CallLength } from "./call-length.tsx";
import { outcomeOf } from "./outcomes.ts";
import { type KnownRelease, releaseLabel } from "./use-releases.ts";

type Call = Schemas["Session"];

/** The columns of a list of calls. */
export const callColumns = (tenant: string, known: readonly KnownRelease[]): readonly Column<Call>[] => [
  {
    name: "answered",
    header: "Answered",
    width: "11.5rem",
    cell: ({ id, startedAt }) => (
      <Link to="/t/$tenant/calls/$session" params={{ tenant, session: id }} className="font-medium">
        <Time at={startedAt} />
      </Link>
    ),
  },
  {
    name: "outcome",
    header: "Outcome",
    cell: ({ disposition, endedAt, kind }) => {
      const { words, tone } = outcomeOf(disposition, endedAt);
      return (
        <span className="inline-flex items-center gap-2">
          <StatusDot tone={tone}>{words}</StatusDot>
          {kind === "trial" && disposition !== "trial" && <Badge>trial</Badge>}
        </span>
      );
    },
  },
  {
    name: "length",
    header: "Length",
    width: "6.5rem",
    align: "end",
    cell: ({ startedAt, endedAt }) => <CallLength startedAt={startedAt} endedAt={endedAt} />,
  },
  {
    name: "slot",
    header: "Slot",
    width: "6rem",
    from: "sm",
    cell: ({ slot }) => <SlotBadge slot={slot as Slot} />,
  },
  {
    name: "release",
    header: "Release",
    width: "9.5rem",
    from: "md",
    cell: ({ bundleHash }) => <span title={bundleHash}>{releaseLabel(bundleHash, known)}</span>,
  },
  { name: "region", header: "Region", width: "6.5rem", from: "lg", cell: ({ region }) => region },
  {
    name: "call",
    header: "Carrier’s id",
    width: "8rem",
    from: "lg",
    cell: ({ callId }) => <Hash value={callId} length={10} />,
  },
];
