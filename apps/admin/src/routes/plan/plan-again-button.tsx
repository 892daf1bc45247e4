import { RotateCw } from "lucide-react";
import { useRefusal } from "../../shell/permission.ts";
import { Button, type ButtonLook } from "../../ui/button.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import type { Standing } from "./plan.ts";
import { usePlanAgain } from "./use-plan-again.ts";

interface PlanAgainButtonProps {
  readonly tenant: string;
  readonly standing: Standing;
  readonly look?: ButtonLook;
}

export function PlanAgainButton({ tenant, standing, look = "plain" }: PlanAgainButtonProps) {
  const refusal = useRefusal(tenant, "edit");
  const again = usePlanAgain(tenant, standing);
  return (
    <>
      <Button
        look={look}
        icon={<RotateCw className="size-4" aria-hidden="true" />}
        disabledBecause={refusal}
        isBusy={again.isPending}
        onClick={() => again.mutate()}
      >
        Plan again
      </Button>
      {again.error !== null && (
        <div className="w-full">
          <ProblemNote problem={again.error} />
        </div>
      )}
    </>
  );
}
