import { counted } from "@tandem/kernel";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { classNames } from "../../ui/class-names.ts";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { compare, KPI_WORDS, shown } from "./kpi-words.ts";
import { releaseName, type Subject } from "./use-deployment.ts";

type ReleaseKpis = Schemas["ReleaseKpis"];
type KpiValue = Schemas["KpiValue"];
const TILES = "grid grid-cols-2 gap-2 sm:grid-cols-3 xl:grid-cols-4";

/** What calls have told of the release that is live, beside the one before. */
export function KpiTiles({ tenant, deployment }: Subject) {
  const report = useQuery({
    ...read("/v1/deployments/{reference}/kpis", { tenant, path: { reference: deployment.id } }),
    staleTime: 30_000,
  });
  const link = (
    <Link to="/t/$tenant/d/$deployment/kpis" params={{ tenant, deployment: deployment.name }} className="text-sm">
      Over time
    </Link>
  );
  return (
    <Section title="KPIs" actions={link}>
      <Loaded of={report} skeleton={<TilesSkeleton />}>
        {({ releases }) => <Tiles releases={releases} />}
      </Loaded>
    </Section>
  );
}

function Tiles({ releases }: { readonly releases: readonly ReleaseKpis[] }) {
  const current = releases.find(({ isActive }) => isActive) ?? releases[0];
  const before = releases.find((each) => each !== current);
  if (current === undefined)
    return <p className="text-ink-soft">KPIs are counted from the calls of callers; nothing has been live yet.</p>;
  return (
    <div className="grid gap-2">
      <p className="text-sm text-ink-soft">
        {nameOf(current)}, {counted(current.calls, "call")}
        {before === undefined
          ? "; no release before it"
          : `, beside ${nameOf(before)}, ${counted(before.calls, "call")}`}
      </p>
      <ul className={TILES}>
        {current.kpis.map((kpi) => (
          <li key={`${kpi.formula}-${kpi.window}`}>
            <Tile kpi={kpi} before={before?.kpis.find(({ formula }) => formula === kpi.formula)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const nameOf = ({ release, playbook }: ReleaseKpis): string => releaseName({ hash: release, version: playbook });

const TONES = { better: "text-good", worse: "text-bad", same: "text-ink-faint" };
const SIGNS = { better: "better", worse: "worse", same: "the same" };

function Tile({ kpi, before }: { readonly kpi: KpiValue; readonly before: KpiValue | undefined }) {
  const verdict = before === undefined ? null : compare(kpi, before);
  return (
    <div
      title={kpi.meaning}
      className="grid h-full content-start gap-1 rounded-lg border border-line bg-surface px-4 py-3"
    >
      <p className="text-sm text-ink-soft">{KPI_WORDS[kpi.formula]}</p>
      <p className="text-xl font-semibold tabular-nums">{shown(kpi)}</p>
      <p className="text-sm text-ink-faint tabular-nums">
        {counted(kpi.sampleSize, "call")} · last {kpi.window}
      </p>
      <p className="min-h-5 text-sm tabular-nums text-ink-faint">
        {before !== undefined && (
          <>
            before {shown(before)} ({before.sampleSize}){" "}
            {verdict !== null && <span className={classNames("font-medium", TONES[verdict])}>{SIGNS[verdict]}</span>}
          </>
        )}
      </p>
    </div>
  );
}

const TilesSkeleton = () => (
  <div className="grid gap-2">
    <Skeleton width="16rem" height="1.25rem" />
    <div className={TILES}>
      {Array.from({ length: 8 }, (_, index) => (
        <Skeleton key={index} height="7.4rem" className="rounded-lg" />
      ))}
    </div>
  </div>
);
