import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import { read } from "../../api/query.ts";
import { useVendors } from "../../api/vendors.ts";
import { useWrite } from "../../api/write.ts";
import { useTenantName } from "../../shell/current-tenant.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { KeyValue } from "../../ui/key-value.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { Card, Section } from "../../ui/section.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { CredentialDialog } from "./credential-dialog.tsx";
import { CredentialHistory } from "./credential-history.tsx";
import { RenameDialog } from "./rename-dialog.tsx";
import { ScopeList } from "./scope-list.tsx";
import { type Connection, type Standing, type Vendor, verdictOf } from "./standing.ts";
import { TestOutcome, useStanding } from "./test-outcome.tsx";
import { memberName } from "./vendor-form.ts";
import { roleName } from "../configure/accounts-part.tsx";

const route = getRouteApi("/frame/t/$tenant/connections/$connection");

/** One account at one vendor: whether it works, its credentials, what it may do, who uses it. */
export function ConnectionPage() {
  const { tenant, connection: id } = route.useParams();
  const { refetchInterval } = useLive(["connection"], tenant);
  const connection = useQuery({ ...read("/v1/connections/{id}", { tenant, path: { id } }), refetchInterval });
  const standing = useStanding(tenant, id, refetchInterval);
  const { vendors } = useVendors(tenant);
  const vendor = vendors.data?.items.find((each) => each.id === connection.data?.vendor);
  return (
    <Page>
      <Loaded of={connection} skeleton={<PageSkeleton />}>
        {(loaded) => (
          <Loaded of={standing} skeleton={<PageSkeleton />}>
            {(stands) => <Body tenant={tenant} connection={loaded} standing={stands} vendor={vendor} />}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

const PageSkeleton = () => (
  <div className="grid gap-6">
    <div className="h-14" />
    {[3, 5].map((count) => (
      <Card key={count}>
        <SkeletonLines count={count} />
      </Card>
    ))}
  </div>
);

interface BodyProps {
  readonly tenant: string;
  readonly connection: Connection & { readonly credentials: Parameters<typeof CredentialHistory>[0]["credentials"] };
  readonly standing: Standing;
  readonly vendor: Vendor | undefined;
}

function Body({ tenant, connection, standing, vendor }: BodyProps) {
  const tenantName = useTenantName(tenant);
  const refusal = useRefusal(tenant, "manage");
  const [isStoring, setStoring] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const verdict = verdictOf(standing, Date.now());
  const hasCredential = standing.credential !== null;
  const test = useWrite({
    tenant,
    send: (_: void, idempotencyKey) =>
      api.post("/v1/connections/{id}/test", { tenant, path: { id: connection.id }, idempotencyKey }),
  });
  const cannotTest = refusal ?? (hasCredential ? null : "Store a credential first");
  const testButton = (
    <Button
      disabledBecause={cannotTest}
      isBusy={test.isPending || standing.lastTest?.state === "pending"}
      onClick={() => test.mutate()}
    >
      Test now
    </Button>
  );
  return (
    <>
      <PageHeader
        title={connection.name}
        trail={
          <>
            <Link to="/" search={{ tenant }}>
              {tenantName}
            </Link>
            <span aria-hidden="true">/</span>
            <Link to="/t/$tenant/connections" params={{ tenant }}>
              Connections
            </Link>
          </>
        }
        badges={
          <>
            <StatusDot tone={verdict.tone}>{verdict.word}</StatusDot>
            {connection.endpoint === "sandbox" && <Badge>sandbox</Badge>}
          </>
        }
        lead={verdict.advice ?? undefined}
        actions={
          <>
            <Button disabledBecause={refusal} onClick={() => setRenaming(true)}>
              Rename
            </Button>
            {testButton}
            <Button look="main" disabledBecause={refusal} onClick={() => setStoring(true)}>
              {hasCredential ? "Rotate credential" : "Store credential"}
            </Button>
          </>
        }
      />
      {test.error !== null && <ProblemNote problem={test.error} />}
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <Section title="Last test">
          <TestOutcome test={standing.lastTest} />
          {standing.lastTest?.state === "done" && vendor !== undefined && (
            <Card>
              <ScopeList scopes={vendor.requiredScopes} missing={standing.lastTest.shown?.missingScopes ?? null} />
            </Card>
          )}
        </Section>
        <Section title="Account">
          <Card>
            <KeyValue
              entries={[
                ["Vendor", vendor?.title ?? connection.vendor],
                ["Answers from", connection.endpoint === "sandbox" ? "the sandbox, not the vendor" : "the vendor"],
                ...Object.entries(connection.config).map(([name, value]) => [memberName(name), String(value)] as const),
                [
                  "Smoke tests",
                  connection.smokeWrites === "none" ? "only read through it" : "may write and remove test objects",
                ],
                ["Used by", <Users key="users" tenant={tenant} deployments={standing.deployments} />],
              ]}
            />
          </Card>
        </Section>
      </div>
      <Section title="Credentials">
        <CredentialHistory credentials={connection.credentials} />
      </Section>
      {isRenaming && <RenameDialog tenant={tenant} connection={connection} onClose={() => setRenaming(false)} />}
      {isStoring && vendor !== undefined && (
        <CredentialDialog
          tenant={tenant}
          connection={connection}
          vendor={vendor}
          isRotation={connection.credentialVersion !== null}
          onClose={() => setStoring(false)}
        />
      )}
    </>
  );
}

const Users = ({ tenant, deployments }: { readonly tenant: string; readonly deployments: Standing["deployments"] }) =>
  deployments.length === 0 ? (
    <span className="text-ink-faint">no deployment</span>
  ) : (
    <ul className="grid gap-0.5">
      {deployments.map(({ name, environment, roles }) => (
        <li key={name}>
          <Link to="/t/$tenant/d/$deployment/configure" params={{ tenant, deployment: name }}>
            {name}
          </Link>{" "}
          <span className="text-ink-faint">
            {environment}, as {roles.map(roleName).join(", ")}
          </span>
        </li>
      ))}
    </ul>
  );
