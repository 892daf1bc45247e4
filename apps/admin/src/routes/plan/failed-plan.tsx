import { type ErrorCode, errorCatalog } from "@tandem/kernel";
import { Note } from "../../ui/note.tsx";
import { PlanAgainButton } from "./plan-again-button.tsx";
import type { PlanState } from "./plan.ts";

interface FailedPlanProps {
  readonly tenant: string;
  readonly state: PlanState;
}

/** Why there is no plan, and what to do about it. */
export function FailedPlan({ tenant, state: { code = "internal", detail = "", standing } }: FailedPlanProps) {
  const known = code in errorCatalog ? errorCatalog[code as ErrorCode] : undefined;
  return (
    <div className="grid gap-4">
      <Note tone="bad" title={known?.title ?? "The plan could not be made"}>
        {detail !== "" && <p>{detail}</p>}
        {known !== undefined && <p className="mt-1 text-ink-soft">{known.fix}</p>}
        <p className="mt-1 text-sm text-ink-faint">
          Code <code className="font-mono">{code}</code>. Nothing was written at any vendor.
        </p>
      </Note>
      <div className="flex flex-wrap gap-2">
        <PlanAgainButton tenant={tenant} standing={standing} look="main" />
      </div>
    </div>
  );
}
