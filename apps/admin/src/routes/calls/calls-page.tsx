import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { PhoneCall } from "lucide-react";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { Button } from "../../ui/button.tsx";
import { ButtonLink, Link } from "../../ui/link.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { ZoneProvider } from "../../ui/time.tsx";
import { CallList } from "./call-list.tsx";
import type { VIEWS } from "./call-filter.ts";
import { TestCalls } from "./test-calls.tsx";
import { useReleases } from "./use-releases.ts";

const route = getRouteApi("/frame/t/$tenant/d/$deployment/calls");

/** The calls of a deployment, and calls that a scripted caller places to try it. */
export function CallsPage() {
  const { tenant, deployment } = route.useParams();
  const { view = "calls" } = route.useSearch();
  const navigate = route.useNavigate();
  const { known, timeZone } = useReleases(tenant, deployment);
  const show = (name: (typeof VIEWS)[number]): void =>
    void navigate({
      search: (before) => ({ ...before, view: name === "calls" ? undefined : name, test: undefined }),
    });
  return (
    <ZoneProvider value={timeZone}>
      <Page>
        <PageHeader
          title="Calls"
          trail={
            <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment }}>
              {deployment}
            </Link>
          }
          lead={<Now tenant={tenant} deployment={deployment} />}
          actions={
            <>
              <ButtonLink to="/t/$tenant/d/$deployment/kpis" params={{ tenant, deployment }}>
                KPIs
              </ButtonLink>
              {view !== "tests" && (
                <Button icon={<PhoneCall className="size-4" aria-hidden="true" />} onClick={() => show("tests")}>
                  Test call
                </Button>
              )}
            </>
          }
        />
        <Tabs
          label="Calls"
          chosen={view}
          onChoose={show}
          tabs={[
            { name: "calls", label: "Calls", content: <CallList releases={known} /> },
            { name: "tests", label: "Test calls", content: <TestCalls releases={known} /> },
          ]}
        />
      </Page>
    </ZoneProvider>
  );
}

/** How many talk now, and where. */
function Now({ tenant, deployment }: { readonly tenant: string; readonly deployment: string }) {
  const { refetchInterval } = useLive(["session", "deployment"], tenant);
  const { data } = useQuery({
    ...read("/v1/deployments/{reference}", { tenant, path: { reference: deployment } }),
    refetchInterval: refetchInterval === false ? 10_000 : refetchInterval,
  });
  if (data === undefined) return <>&nbsp;</>;
  const { blue, green } = data.slots;
  const sum = blue.liveCalls + green.liveCalls;
  if (sum === 0) return <>No call in progress.</>;
  return (
    <>
      {sum} in progress: {blue.liveCalls} on blue, {green.liveCalls} on green.
    </>
  );
}
