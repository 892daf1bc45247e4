import { subjectWords } from "../../shell/subject.tsx";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { Link } from "../../ui/link.tsx";
import { type Slot, SlotMark } from "../../ui/slot-badge.tsx";
import type { Column } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import type { Tone } from "../../ui/tone.ts";
import type { Phase } from "../rollout/stages.ts";
import { PHASE_WORDS, phaseTone } from "../rollout/words.ts";
import { type OverviewRow, type State, STATE_WORDS } from "./filter.ts";
import { HealthMarks } from "./health-marks.tsx";

const STATE_TONES: Readonly<Record<State, Tone>> = {
  attention: "warn",
  "rolling-out": "busy",
  diverted: "warn",
  live: "good",
  "not-live": "neutral",
};

/** The columns of the overview; on narrow screens the tenant stands above its deployment. */
export const overviewColumns: readonly Column<OverviewRow>[] = [
  { name: "deployment", header: "Deployment", cell: (row) => <Deployment row={row} /> },
  {
    name: "tenant",
    header: "Tenant",
    from: "md",
    cell: ({ tenant }) => <span title={tenant.slug}>{tenant.name}</span>,
  },
  { name: "live", header: "Live", width: "8rem", cell: (row) => <Live row={row} /> },
  { name: "since", header: "Since, by", from: "lg", width: "11rem", cell: (row) => <Since {...row} /> },
  { name: "health", header: "Health", from: "sm", width: "6.5rem", cell: (row) => <HealthMarks health={row.health} /> },
  { name: "rollout", header: "Rollout", from: "sm", width: "10.5rem", cell: (row) => <Rollout row={row} /> },
  {
    name: "calls",
    header: "Calls",
    width: "4.5rem",
    align: "end",
    cell: ({ calls }) => <span className={calls === 0 ? "text-ink-faint" : "font-medium"}>{calls}</span>,
  },
];

function Since({ live, timeZone }: Pick<OverviewRow, "live" | "timeZone">) {
  if (live === null) return null;
  return (
    <span className="text-ink-soft">
      <Time at={live.since} show="relative" zone={timeZone} />
      {live.by !== null && `, ${subjectWords(...split(live.by))}`}
    </span>
  );
}

const split = (subject: string): [kind: string, id: string] => {
  const [kind = "", id = ""] = subject.split(/:(.*)/s);
  return [kind, id];
};

const Deployment = ({ row: { tenant, name, state, environment } }: { readonly row: OverviewRow }) => (
  <span className="flex min-w-0 items-center gap-2">
    <span title={STATE_WORDS[state]}>
      <StatusDot tone={STATE_TONES[state]}>
        <span className="sr-only">{STATE_WORDS[state]}</span>
      </StatusDot>
    </span>
    <span className="min-w-0">
      <Link
        to="/t/$tenant/d/$deployment"
        params={{ tenant: tenant.slug, deployment: name }}
        className="block truncate font-medium"
      >
        {name}
      </Link>
      <span className="block truncate text-xs text-ink-faint">
        <span className="md:hidden">{tenant.name} · </span>
        {environment}
      </span>
    </span>
  </span>
);

function Live({ row: { live, mode, candidateBp } }: { readonly row: OverviewRow }) {
  if (live === null) return <span className="text-ink-faint">nothing yet</span>;
  const share = candidateBp === 0 ? "" : ` · canary ${candidateBp / 100} %`;
  return (
    <span
      className="inline-flex items-center gap-1.5"
      title={`${live.slot}, version ${live.version ?? "unknown"}${share}`}
    >
      <SlotMark slot={live.slot as Slot} />
      <span className="sr-only">{live.slot} </span>
      <span className="tabular-nums">{live.version ?? live.bundleHash?.slice(0, 8)}</span>
      {mode === "diverted" && <Badge tone="warn">diverted</Badge>}
      {mode === "live" && candidateBp > 0 && <span className="text-sm text-ink-faint">{candidateBp / 100} %</span>}
    </span>
  );
}

function Rollout({ row: { tenant, rollout } }: { readonly row: OverviewRow }) {
  if (rollout === null) return <span className="text-ink-faint">–</span>;
  const phase = rollout.phase as Phase;
  return (
    <span title={rollout.reason?.code}>
      <StatusDot tone={phaseTone(phase)}>
        <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant: tenant.slug, rollout: rollout.id }}>
          {PHASE_WORDS[phase]}
        </Link>
      </StatusDot>
    </span>
  );
}
