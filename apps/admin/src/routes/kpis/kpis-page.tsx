import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { read } from "../../api/query.ts";
import { Select } from "../../ui/input.tsx";
import { ButtonLink, Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { ZoneProvider } from "../../ui/time.tsx";
import { CsvButton } from "./csv-button.tsx";
import { type Formula, type Scope, SCOPES, type Span, SPAN_WORDS, SPANS, spanQuery } from "./kpi-choices.ts";
import { KpiFocus } from "./kpi-focus.tsx";
import { KpiMoves } from "./kpi-moves.tsx";
import { KpiTiles } from "./kpi-tiles.tsx";
import { keyOf, type Series, shownLines } from "./series.ts";

const route = getRouteApi("/frame/t/$tenant/d/$deployment/kpis");

/** A series is read anew this often; it counts many calls. */
const FRESH_MS = 60_000;

/** How callers fare: every KPI over time, per release, or per version over all the tenant's deployments of the playbook. */
export function KpisPage() {
  const { tenant, deployment } = route.useParams();
  const { scope = "deployment", span = "month", kpi = "self-serve", release } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useMemo(() => spanQuery(span, Date.now()), [span]);
  const detail = useQuery(read("/v1/deployments/{reference}/standing", { tenant, path: { reference: deployment } }));
  const summary = useQuery(read("/v1/deployments/{reference}/summary", { tenant, path: { reference: deployment } }));
  const playbook = summary.data?.playbook;
  const timeZone = detail.data?.timeZone ?? undefined;
  const ofDeployment = useQuery({
    ...read("/v1/deployments/{reference}/kpi-series", {
      tenant,
      path: { reference: deployment },
      query: { ...query, release },
    }),
    enabled: scope === "deployment",
    placeholderData: keepPreviousData,
    refetchInterval: FRESH_MS,
  });
  const ofPlaybook = useQuery({
    ...read("/v1/kpi-series", { tenant, query: { playbook: playbook ?? "", ...query, timeZone } }),
    enabled: scope === "playbook" && playbook !== undefined && detail.data !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: FRESH_MS,
  });
  const series = scope === "deployment" ? ofDeployment : ofPlaybook;
  const active = summary.data?.pointer.active;
  const slot = active === "blue" || active === "green" ? detail.data?.slots[active] : null;
  const live = (scope === "deployment" ? slot?.hash : slot?.version) ?? null;
  return (
    <Page>
      <PageHeader
        title="KPIs"
        trail={
          <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment }}>
            {deployment}
          </Link>
        }
        lead="How callers fare, by the release that answered them."
        actions={
          <>
            <ButtonLink to="/t/$tenant/d/$deployment/calls" params={{ tenant, deployment }}>
              Calls
            </ButtonLink>
            <CsvButton tenant={tenant} deployment={deployment} playbook={playbook} scope={scope} query={query} />
          </>
        }
      />
      <div className="flex flex-wrap gap-2">
        <Choice
          label="Whose calls"
          value={scope}
          options={SCOPES.map((name) => [name, scopeWords(name, deployment, playbook)])}
          onPick={(next) => void navigate({ search: (before) => ({ ...before, scope: next as Scope }), replace: true })}
        />
        <Choice
          label="Span"
          value={span}
          options={SPANS.map((name) => [name, `Last ${SPAN_WORDS[name].words}`])}
          onPick={(next) => void navigate({ search: (before) => ({ ...before, span: next as Span }), replace: true })}
        />
        {scope === "deployment" && (
          <Choice
            label="Release"
            value={release ?? ""}
            options={[["", "Every release"], ...releaseOptions(detail.data?.lived ?? [], release)]}
            onPick={(next) =>
              void navigate({
                search: (before) => ({ ...before, release: next === "" ? undefined : next }),
                replace: true,
              })
            }
          />
        )}
      </div>
      <Loaded of={series} skeleton={<KpisSkeleton />}>
        {(found) => (
          <ZoneProvider value={found.timeZone}>
            <KpisOf tenant={tenant} series={found} live={live} kpi={kpi} span={span} />
          </ZoneProvider>
        )}
      </Loaded>
    </Page>
  );
}

const scopeWords = (scope: Scope, deployment: string, playbook: string | undefined): string =>
  scope === "deployment" ? `Calls of ${deployment}` : `All deployments of ${playbook ?? "its playbook"}`;

function releaseOptions(
  lived: readonly { readonly hash: string; readonly version: string }[],
  own: string | undefined,
) {
  const known = lived.map(({ hash, version }): [string, string] => [
    hash,
    `${version.split("@").at(-1) ?? ""} · ${hash.replace(/^sha256:/, "").slice(0, 8)}`,
  ]);
  return own === undefined || lived.some(({ hash }) => hash === own)
    ? known
    : [...known, [own, own.slice(0, 12)] as [string, string]];
}

interface KpisOfProps {
  readonly tenant: string;
  readonly series: Series;
  /** What takes calls now: a release, or a version. */
  readonly live: string | null;
  readonly kpi: Formula;
  readonly span: Span;
}

function KpisOf({ tenant, series, live, kpi, span }: KpisOfProps) {
  const lines = shownLines(series, live);
  const definition = series.definitions.find(({ formula }) => formula === kpi) ?? series.definitions[0];
  if (lines.length === 0)
    return (
      <EmptyState title="No call in this span">
        KPIs are counted from callers’ calls that have ended; test calls count in none. Look further back, or wait for
        calls.
      </EmptyState>
    );
  return (
    <>
      <KpiTiles definitions={series.definitions} current={lines[0]} previous={lines[1]} chosen={kpi} span={span} />
      {definition !== undefined && (
        <KpiFocus key={lines.map(keyOf).join(" ")} definition={definition} series={series} lines={lines} span={span} />
      )}
      <KpiMoves tenant={tenant} series={series} />
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onPick: (value: string) => void;
}

const Choice = ({ label, value, options, onPick }: ChoiceProps) => (
  <div className="max-sm:w-full">
    <Select aria-label={label} value={value} onChange={({ target }) => onPick(target.value)}>
      {options.map(([name, words]) => (
        <option key={name} value={name}>
          {words}
        </option>
      ))}
    </Select>
  </div>
);

const KpisSkeleton = () => (
  <div className="grid gap-6">
    <Skeleton height="13.5rem" />
    <Skeleton height="26rem" />
  </div>
);
