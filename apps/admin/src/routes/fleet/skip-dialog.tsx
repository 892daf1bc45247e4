import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Member } from "./words.ts";

/** Leaves one deployment out that has not begun, with a reason. */
export function SkipDialog({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const { fleetRolloutId, tenantId, deploymentId, tenant, name, version } = member;
  const skip = useWrite({
    send: (reason: string, idempotencyKey) =>
      api.post("/v1/fleet-rollouts/{id}/skip", {
        path: { id: fleetRolloutId },
        body: { tenantId, deploymentId, reason },
        idempotencyKey,
      }),
    done: () => {
      toast(`${tenant} / ${name} is left out`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Leave out ${tenant} / ${name}?`}
      consequences={`It stays on what it runs and is not moved to ${version} by this fleet rollout, for good. Roll it out by itself when it suits.`}
      action="Leave out"
      reason="required"
      isBusy={skip.isPending}
      problem={skip.error}
      onConfirm={(reason) => reason !== null && skip.mutate(reason)}
    />
  );
}
