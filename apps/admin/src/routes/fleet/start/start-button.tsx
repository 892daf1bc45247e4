import { counted } from "@tandem/kernel";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../../api/client.ts";
import { useWrite } from "../../../api/write.ts";
import { usePlatformRefusal } from "../../../shell/permission.ts";
import { Button } from "../../../ui/button.tsx";
import { ConfirmDialog } from "../../../ui/confirm-dialog.tsx";
import { toast } from "../../../ui/toast.tsx";
import { type FleetPlan, type FleetWish, sizeOf } from "./fleet-draft.ts";
import { PLANS } from "./use-fleet-plan.ts";

interface StartButtonProps {
  readonly wish: FleetWish;
  /** What has been looked at; undefined while it is being asked for. */
  readonly plan: FleetPlan | undefined;
  readonly disabledBecause: string | null;
}

/** Starts exactly what the preview shows, after one question: another fleet is refused by the server. */
export function StartButton({ wish, plan, disabledBecause }: StartButtonProps) {
  const refusal = usePlatformRefusal("platform");
  const navigate = useNavigate();
  const [isAsked, setAsked] = useState(false);
  const start = useWrite({
    send: (planHash: string, idempotencyKey) =>
      api.post("/v1/fleet-rollouts", { body: { ...wish, planHash }, idempotencyKey }),
    done: ({ id }) => {
      toast("The fleet rollout has begun");
      void navigate({ to: "/fleet/$fleet", params: { fleet: id } });
    },
  });
  const client = useQueryClient();
  const close = (): void => {
    setAsked(false);
    start.reset();
    if (start.error !== null) void client.invalidateQueries({ queryKey: PLANS }); // the fleet may have changed since
  };
  return (
    <>
      <Button look="main" disabledBecause={refusal ?? disabledBecause} onClick={() => setAsked(true)}>
        Start
      </Button>
      {isAsked && plan !== undefined && (
        <ConfirmDialog
          isOpen
          onClose={close}
          title={`Move ${counted(sizeOf(plan).deployments, "deployment")} to ${wish.playbook} ${wish.version}?`}
          consequences={<Consequences plan={plan} />}
          action="Start the fleet rollout"
          isBusy={start.isPending}
          problem={start.error}
          onConfirm={() => start.mutate(plan.hash)}
        />
      )}
    </>
  );
}

const Consequences = ({ plan }: { readonly plan: FleetPlan }) => (
  <>
    <p>
      {`The first wave, ${plan.waves[0]?.name ?? ""}, begins at once with ${counted(plan.waves[0]?.members.length ?? 0, "deployment")}. `}
      Each is an ordinary rollout with its tenant's own approvals, freezes, evidence and bake.
    </p>
    <p className="mt-2">
      Calls in progress stay where they are. It can be paused and aborted at any time; what has gone live is rolled back
      one by one.
    </p>
  </>
);
