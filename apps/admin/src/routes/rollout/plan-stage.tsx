import { counted } from "@tandem/kernel";
import type { Schemas } from "../../api/generated/schema.ts";
import { Badge } from "../../ui/badge.tsx";
import { Duration, Money } from "../../ui/amount.tsx";
import { Hash } from "../../ui/code.tsx";
import { KeyValue } from "../../ui/key-value.tsx";
import { ButtonLink } from "../../ui/link.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { Card } from "../../ui/section.tsx";
import type { StageProps } from "./stage-view.tsx";

type Change = Schemas["Change"];

/** What the plan does, in short; the plan's own page tells the whole. */
export function PlanStage({ tenant, rollout: { plan, planId } }: StageProps) {
  if (plan === null)
    return (
      <EmptyState title="No plan yet">It is made from what the vendors have once preflight is through.</EmptyState>
    );
  const writes = plan.changes.filter(({ action }) => action !== "no-op");
  const noticed = writes.flatMap(({ callerEffect }) => (callerEffect === undefined ? [] : [callerEffect]));
  return (
    <Card>
      <div className="grid gap-5">
        <div className="grid gap-1.5">
          <p className="font-medium">What callers will notice</p>
          {noticed.length === 0 ? (
            <p className="text-ink-soft">Nothing.</p>
          ) : (
            <ul className="list-disc pl-5">
              {noticed.map((effect) => (
                <li key={effect}>{effect}</li>
              ))}
            </ul>
          )}
        </div>
        <KeyValue
          entries={[
            ["Changes", <Changes key="changes" writes={writes} />],
            ["Vendors", [...new Set(writes.map(({ vendor }) => vendor))].join(", ") || "none"],
            [
              "Expected p95",
              plan.latency?.endToEnd == null ? undefined : <Latency key="l" of={plan.latency.endToEnd} />,
            ],
            [
              "Cost of a call",
              plan.cost === undefined ? undefined : (
                <Money key="cost" micros={plan.cost.perCallMicros} currency="USD" />
              ),
            ],
            ["Plan", <Hash key="hash" value={plan.hash} length={12} />],
          ]}
        />
        {planId !== null && (
          <div>
            <ButtonLink to="/t/$tenant/plans/$plan" params={{ tenant, plan: planId }}>
              Read the whole plan
            </ButtonLink>
          </div>
        )}
      </div>
    </Card>
  );
}

function Changes({ writes }: { readonly writes: readonly Change[] }) {
  const counts = new Map<string, number>();
  for (const { action } of writes) counts.set(action, (counts.get(action) ?? 0) + 1);
  if (writes.length === 0) return <>none</>;
  return (
    <span className="flex flex-wrap gap-1.5">
      {[...counts].map(([action, count]) => (
        <Badge key={action} tone={action === "delete" || action === "replace" ? "warn" : "neutral"}>
          {counted(count, action, `× ${action}`)}
        </Badge>
      ))}
    </span>
  );
}

type EndToEnd = NonNullable<NonNullable<Schemas["Plan"]["latency"]>["endToEnd"]>;

const Latency = ({ of: { isSpeculative, speculative, plain, targetMs } }: { readonly of: EndToEnd }) => (
  <>
    <Duration ms={(isSpeculative ? speculative : plain).p95Ms} />{" "}
    <span className="text-ink-faint">
      (target <Duration ms={targetMs} />)
    </span>
  </>
);
