import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { read } from "../../api/query.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { ButtonLink, Link } from "../../ui/link.tsx";
import { Note } from "../../ui/note.tsx";
import { Time } from "../../ui/time.tsx";
import { PHASE_WORDS, phaseTone } from "../rollout/words.ts";
import type { Phase } from "../rollout/stages.ts";
import type { Deployment, Subject } from "./use-deployment.ts";

/** What one must know before doing anything here. */
export function Notices({ tenant, deployment }: Subject) {
  const { data } = useQuery(read("/v1/freezes", { tenant, query: { limit: 100 } }));
  const freezes = (data?.items ?? []).filter((freeze) => isInForce(freeze, deployment, Date.now()));
  return (
    <>
      {deployment.pointer.mode === "diverted" && (
        <Note tone="warn" title="Diverted: people answer every new call">
          No agent takes calls until somebody ends the divert.
        </Note>
      )}
      {deployment.liveRollout !== null && <RolloutNotice tenant={tenant} rollout={deployment.liveRollout} />}
      {deployment.safetyNet?.state === "lagging" && <SafetyNetNotice tenant={tenant} net={deployment.safetyNet} />}
      {freezes.map((freeze) => (
        <Note key={freeze.id} tone="warn" title="A freeze is in force">
          No new release comes to callers until <Time at={freeze.endsAt} />: {freeze.reason}. Rolling back and diverting
          stay possible.
        </Note>
      ))}
    </>
  );
}

function RolloutNotice({
  tenant,
  rollout,
}: {
  readonly tenant: string;
  readonly rollout: { id: string; phase: string };
}) {
  const phase = rollout.phase as Phase;
  const tone = phaseTone(phase);
  return (
    <Note
      tone={tone === "busy" || tone === "neutral" ? "busy" : tone}
      title={`A rollout is in progress: ${PHASE_WORDS[phase]}`}
      actions={
        <ButtonLink to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: rollout.id }} size="small">
          Watch it
        </ButtonLink>
      }
    />
  );
}

function SafetyNetNotice({ tenant, net }: { readonly tenant: string; readonly net: LaggingNet }): ReactNode {
  return (
    <Note tone="warn" title="The safety net lags behind">
      Should our webhook fail, the vendor of the number would answer with the release before
      {net.since !== null && (
        <>
          {" "}
          (since <Time at={net.since} show="relative" />)
        </>
      )}
      . {net.failure ?? "It is tried again by itself."}{" "}
      <Link to="/t/$tenant/connections" params={{ tenant }}>
        Look at the connections
      </Link>
    </Note>
  );
}

type LaggingNet = Extract<NonNullable<Deployment["safetyNet"]>, { state: "lagging" }>;

/** Whether a freeze window holds this deployment's rollouts at a moment. */
export function isInForce(
  freeze: Schemas["Freeze"],
  { playbook, environment }: Pick<Deployment, "playbook" | "environment">,
  nowMs: number,
): boolean {
  const isOurs =
    (freeze.playbook === null || freeze.playbook === playbook) &&
    (freeze.environment === null || freeze.environment === environment);
  const isNow = Date.parse(freeze.startsAt) <= nowMs && nowMs < Date.parse(freeze.endsAt);
  return isOurs && isNow && freeze.endedAt === null && !freeze.isExempt;
}
