import { useRefusal } from "../../shell/permission.ts";
import { Freezes } from "./freezes.tsx";
import { Policies } from "./policies.tsx";
import { Refused } from "./refused.tsx";

/** What every rollout must pass, and the times in which none comes to callers. */
export function Gates({ tenant }: { readonly tenant: string }) {
  const refusal = useRefusal(tenant, "readGates");
  if (refusal !== null) return <Refused what="Policies and freezes" because={refusal} />;
  return (
    <div className="grid gap-8">
      <Freezes tenant={tenant} />
      <Policies tenant={tenant} />
    </div>
  );
}
