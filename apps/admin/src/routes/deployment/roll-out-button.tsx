import { lazy, Suspense, useState } from "react";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import type { Subject } from "./use-deployment.ts";

const RollOutDialog = lazy(async () => ({ default: (await import("./roll-out-dialog.tsx")).RollOutDialog }));

/** Begins a rollout of a version of the playbook. */
export function RollOutButton(subject: Subject) {
  const [isOpen, setOpen] = useState(false);
  const mayNotApply = useRefusal(subject.tenant, "apply");
  const mayNotPlan = useRefusal(subject.tenant, "edit");
  const refusal = mayNotApply === null || mayNotPlan === null ? null : mayNotApply;
  return (
    <>
      <Button look="main" disabledBecause={refusal} onClick={() => setOpen(true)}>
        Roll out
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <RollOutDialog {...subject} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
