import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Subject as Person } from "../../shell/subject.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Mono } from "../../ui/code.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Note } from "../../ui/note.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { Section } from "../../ui/section.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { SlotBadge } from "../../ui/slot-badge.tsx";
import { Time } from "../../ui/time.tsx";
import { useAnchor } from "../../ui/use-anchor.ts";
import { DriftDialog, type DriftAnswer } from "./drift-dialog.tsx";
import { valueText } from "./drift-words.ts";
import type { Subject } from "./use-deployment.ts";

type Resource = Schemas["ResourceDrift"];
type Report = Schemas["DriftReport"];

const LOOKING_MS = 1000;

/** What somebody changed in the vendors' dashboards, and what is done about it. */
export function DriftPart({ tenant, deployment }: Pick<Subject, "tenant" | "deployment">) {
  const report = useQuery(read("/v1/deployments/{reference}/drift", { tenant, path: { reference: deployment.id } }));
  const look = useLook(tenant, deployment.id);
  const anchor = useAnchor("drift");
  return (
    <Section
      title="Drift"
      anchor={anchor}
      actions={
        <div className="flex items-center gap-3 text-sm text-ink-faint">
          {report.data !== undefined && report.data.lookedAt !== null && (
            <span>
              looked <Time at={report.data.lookedAt} show="relative" />
            </span>
          )}
          <Button size="small" disabledBecause={look.refusal} isBusy={look.isLooking} onClick={look.begin}>
            Look now
          </Button>
        </div>
      }
    >
      {look.problem !== null && <ProblemNote problem={look.problem} />}
      {look.failure !== null && (
        <Note tone="bad" title="The vendors could not be looked at" isAlert>
          {look.failure}
        </Note>
      )}
      <Loaded of={report} skeleton={<SkeletonLines count={2} />}>
        {(known) => <Found tenant={tenant} deployment={deployment} report={known} />}
      </Loaded>
    </Section>
  );
}

/** Has the vendors asked now, and waits for their answer. */
function useLook(tenant: string, deploymentId: string) {
  const refusal = useRefusal(tenant, "read");
  const client = useQueryClient();
  const [checkId, setCheckId] = useState<string | null>(null);
  const begin = useWrite({
    tenant,
    send: (_: null, idempotencyKey) =>
      api.post("/v1/deployments/{reference}/drift", { tenant, path: { reference: deploymentId }, idempotencyKey }),
    done: (check) => setCheckId(check.checkId),
  });
  const check = useQuery({
    ...read("/v1/checks/{id}", { tenant, path: { id: checkId ?? "" } }),
    enabled: checkId !== null,
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined || data.state === "pending") return LOOKING_MS;
      void client.invalidateQueries({ queryKey: ["api", tenant, "/v1/deployments/{reference}/drift"] });
      return false;
    },
  });
  const state = checkId === null ? null : (check.data?.state ?? "pending");
  return {
    refusal,
    begin: () => begin.mutate(null),
    isLooking: begin.isPending || state === "pending",
    problem: begin.error,
    failure: state === "failed" ? (check.data?.detail ?? "No reason was given.") : null,
  };
}

interface FoundProps extends Pick<Subject, "tenant" | "deployment"> {
  readonly report: Report;
}

function Found({ tenant, deployment, report }: FoundProps) {
  const open = report.resources.filter((each) => each.state !== "clean" && !isDecided(each, report));
  const unread = open.filter(({ state }) => state === "unknown").length;
  if (report.lookedAt === null)
    return (
      <p className="text-ink-soft">Nobody has looked yet: there is nothing at the vendors before the first rollout.</p>
    );
  return (
    <div className="grid gap-3">
      {open.length === 0 && (
        <p className="text-ink-soft">
          {report.complete
            ? "The vendors' objects are as they were applied."
            : "Nothing drifted among what could be read; some objects could not be read."}
        </p>
      )}
      {open.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {open.map((each) => (
            <DriftRow
              key={`${each.address} ${each.slot ?? ""}`}
              tenant={tenant}
              deployment={deployment}
              resource={each}
            />
          ))}
        </ul>
      )}
      {unread > 0 && open.length > unread && (
        <p className="text-sm text-ink-faint">What could not be read may have drifted too.</p>
      )}
      <Decisions tenant={tenant} decisions={report.decisions} />
    </div>
  );
}

const isDecided = ({ address, slot }: Resource, { decisions, open }: Report): boolean =>
  decisions.some((decision) => decision.address === address && decision.slot === slot) &&
  !open.some((place) => place.startsWith(address));

const STATES = { drifted: "drifted", missing: "missing", unknown: "not readable", clean: "as applied" } as const;

function DriftRow({
  tenant,
  deployment,
  resource,
}: Pick<Subject, "tenant" | "deployment"> & { readonly resource: Resource }) {
  const [answer, setAnswer] = useState<DriftAnswer | null>(null);
  const mayNot = useRefusal(tenant, "decideDrift");
  const mayNotEdit = useRefusal(tenant, "edit");
  const unreadable = resource.state === "unknown" ? "It could not be read: look again first" : null;
  const gone = resource.state === "missing" ? "It is missing: there is nothing to adopt" : null;
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          <Mono>{resource.address}</Mono>
          {resource.slot !== null && <SlotBadge slot={resource.slot} />}
          <Badge tone={resource.state === "unknown" ? "neutral" : "warn"}>{STATES[resource.state]}</Badge>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            size="small"
            disabledBecause={mayNot ?? mayNotEdit ?? unreadable ?? gone}
            onClick={() => setAnswer("adopt")}
          >
            Adopt
          </Button>
          <Button size="small" disabledBecause={mayNot ?? unreadable} onClick={() => setAnswer("revert")}>
            Revert
          </Button>
          <Button size="small" disabledBecause={mayNot ?? unreadable} onClick={() => setAnswer("ignore")}>
            Ignore
          </Button>
        </div>
      </div>
      {resource.detail !== null && <p className="text-sm text-ink-soft">{resource.detail}</p>}
      <Fields fields={resource.fields} />
      {answer !== null && (
        <DriftDialog
          tenant={tenant}
          deployment={deployment}
          resource={resource}
          answer={answer}
          onClose={() => setAnswer(null)}
        />
      )}
    </li>
  );
}

const Fields = ({ fields }: { readonly fields: Resource["fields"] }) => (
  <ul className="grid gap-1 text-sm">
    {fields.map(({ path, before, after }) => (
      <li key={path} className="grid gap-x-3 sm:grid-cols-[12rem_1fr]">
        <code className="font-mono text-ink-soft">{path}</code>
        <span>
          <del className="bg-bad-fill text-bad decoration-1">{valueText(before)}</del>
          <span aria-hidden="true" className="text-ink-faint">
            {" → "}
          </span>
          <ins className="bg-good-fill text-good no-underline">{valueText(after)}</ins>
        </span>
      </li>
    ))}
  </ul>
);

const ANSWERS = { adopt: "adopted", revert: "to be reverted", ignore: "ignored" } as const;

/** What has been decided and still holds. */
function Decisions({ tenant, decisions }: { readonly tenant: string; readonly decisions: Report["decisions"] }) {
  if (decisions.length === 0) return null;
  return (
    <ul className="grid gap-1 text-sm text-ink-soft">
      {decisions.map((each) => (
        <li key={each.id}>
          <Mono>{each.address}</Mono> {ANSWERS[each.answer]}
          {each.until !== null && (
            <>
              {" until "}
              <Time at={each.until} show="absolute" />
            </>
          )}{" "}
          by <Person tenant={tenant} of={each.decidedBy} />: {each.reason}
        </li>
      ))}
    </ul>
  );
}
