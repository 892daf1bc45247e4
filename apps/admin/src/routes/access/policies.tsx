import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/generated/schema.ts";
import { readVersioned } from "../../api/query.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Card, Section } from "../../ui/section.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { PolicyDialog } from "./policy-dialog.tsx";
import { ENVIRONMENTS, type Environment, policyLines, sourceWords } from "./policy-words.ts";

/** What rollouts of each environment must pass. */
export const Policies = ({ tenant }: { readonly tenant: string }) => (
  <Section title="Gate policies">
    <p className="max-w-prose text-ink-soft">
      What a rollout must pass before its release comes to callers. Rollouts that have begun keep the policy they began
      with.
    </p>
    <div className="grid gap-4 xl:grid-cols-3">
      {ENVIRONMENTS.map((environment) => (
        <PolicyCard key={environment} tenant={tenant} environment={environment} />
      ))}
    </div>
  </Section>
);

function PolicyCard({ tenant, environment }: { readonly tenant: string; readonly environment: Environment }) {
  const policy = useQuery(readVersioned("/v1/gate-policies/{environment}", { tenant, path: { environment } }));
  return (
    <Card>
      <Loaded of={policy} skeleton={<SkeletonLines count={9} />}>
        {({ body, etag }) => <Policy tenant={tenant} state={body} etag={etag} />}
      </Loaded>
    </Card>
  );
}

interface PolicyProps {
  readonly tenant: string;
  readonly state: Schemas["GatePolicyState"];
  readonly etag: string | null;
}

function Policy({ tenant, state, etag }: PolicyProps) {
  const refusal = useRefusal(tenant, "gates");
  const [isChanging, setChanging] = useState(false);
  return (
    <div className="grid gap-3">
      <div className="flex items-start justify-between gap-3">
        <div>
          <h3 className="font-semibold">{state.environment}</h3>
          <p className="text-sm text-ink-faint">{sourceWords[state.source]}</p>
        </div>
        <Button
          size="small"
          aria-label={`Change the policy of ${state.environment}`}
          disabledBecause={refusal}
          onClick={() => setChanging(true)}
        >
          Change
        </Button>
      </div>
      <dl className="grid gap-x-6 gap-y-2 sm:max-xl:grid-cols-2">
        {policyLines(state.policy).map(([term, text]) => (
          <div key={term}>
            <dt className="text-sm text-ink-faint">{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {isChanging && <PolicyDialog tenant={tenant} state={state} etag={etag} onClose={() => setChanging(false)} />}
    </div>
  );
}
