import type { DriftDecision as DriftDecisionView, DriftReport as DriftReportView } from "@tandem/contracts";
import type { DriftDecision } from "@tandem/domain/drift";
import type { DriftReport } from "@tandem/ports/store/drift";

export function presentDriftDecision({
  adoptedHash: _adoptedHash,
  paths,
  ...decision
}: DriftDecision): DriftDecisionView {
  return { ...decision, paths: [...paths] };
}

/** Before the first look nothing is known, and the answer says so. */
export const presentDriftReport = (deploymentId: string, report: DriftReport | null): DriftReportView => ({
  deploymentId,
  lookedAt: report?.look?.lookedAt ?? null,
  complete: report?.look?.complete ?? false,
  open: [...(report?.open ?? [])],
  resources: (report?.look?.resources ?? []).map(({ changed, fields, ...resource }) => ({
    ...resource,
    changed: [...changed],
    fields: [...fields],
  })),
  decisions: (report?.decisions ?? []).map(presentDriftDecision),
  nextLookAt: report?.nextLookAt ?? null,
});
