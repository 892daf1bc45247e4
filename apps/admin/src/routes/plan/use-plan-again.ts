import { useNavigate } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import type { Standing } from "./plan.ts";

/** Makes a plan for the same version of the playbook against what is now, and goes there. */
export function usePlanAgain(tenant: string, { deployment, release }: Standing) {
  const navigate = useNavigate();
  return useWrite({
    tenant,
    send: (_: void, idempotencyKey) =>
      api.post("/v1/deployments/{reference}/plans", {
        tenant,
        idempotencyKey,
        path: { reference: deployment.id },
        body: release.manifestHash === null ? {} : { manifest: release.manifestHash },
      }),
    done: ({ planId }) => void navigate({ to: "/t/$tenant/plans/$plan", params: { tenant, plan: planId } }),
  });
}
