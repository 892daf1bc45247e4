import { useState } from "react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { Button, type ButtonLook } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import { REQUEST_WORDS, type RequestName } from "./request-words.tsx";
import type { Watched } from "./rollout-page.tsx";
import { hasEnded } from "./stages.ts";
import type { Rollout, Standing } from "./words.ts";

type Simple = Exclude<RequestName, "approve" | "reject">;

/** Shown whenever the rollout lives, with the reason when they cannot be asked for; the others only when they can. */
const LASTING: ReadonlySet<Simple> = new Set<Simple>(["abort", "rollback", "pause"]);
const ORDER: readonly Simple[] = ["promote", "resume", "override-freeze", "skip", "pause", "abort", "rollback"];

/** What one can ask of the rollout now. The server says what it would refuse, and why. */
export function RequestButtons({ tenant, rollout, standing }: Watched) {
  const [asked, setAsked] = useState<Simple | null>(null);
  const refusals = new Map(standing.requests.map(({ request, refusal }) => [request, refusal]));
  const shown = ORDER.filter((name) => isShown(name, rollout, standing, refusals.get(name) ?? null));
  const close = (): void => setAsked(null);
  return (
    <>
      {shown.map((name) => (
        <Button
          key={name}
          look={lookOf(name, rollout)}
          disabledBecause={refusals.get(name)}
          onClick={() => setAsked(name)}
        >
          {REQUEST_WORDS[name](rollout, standing).button}
        </Button>
      ))}
      {asked !== null && (
        <RequestDialog key={asked} name={asked} onClose={close} tenant={tenant} rollout={rollout} standing={standing} />
      )}
    </>
  );
}

function lookOf(name: Simple, { phase }: Rollout): ButtonLook {
  if (name === "promote" || name === "resume")
    return phase === "awaiting-promotion" || phase === "held" ? "main" : "plain";
  return name === "rollback" ? "danger" : "plain";
}

function isShown(name: Simple, { phase }: Rollout, { isSwitched }: Standing, refusal: string | null): boolean {
  if (refusal === null) return true;
  if (hasEnded(phase) || phase === "aborting" || phase === "rolling-back" || !LASTING.has(name)) return false;
  if (name === "rollback") return isSwitched;
  return name === "abort" ? !isSwitched : true;
}

interface RequestDialogProps extends Pick<Watched, "tenant" | "rollout" | "standing"> {
  readonly name: Simple;
  readonly onClose: () => void;
}

function RequestDialog({ name, onClose, tenant, rollout, standing }: RequestDialogProps) {
  const words = REQUEST_WORDS[name](rollout, standing);
  const ask = useWrite({
    tenant,
    send: (reason: string | null, idempotencyKey) => sent(name, { tenant, rollout, reason, idempotencyKey }),
    done: () => {
      toast(words.told);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={words.question}
      consequences={words.consequences}
      action={words.button}
      isDanger={words.isDanger ?? false}
      reason={words.reason}
      isBusy={ask.isPending}
      problem={ask.error}
      onConfirm={(reason) => ask.mutate(reason)}
    />
  );
}

interface Sending {
  readonly tenant: string;
  readonly rollout: Rollout;
  readonly reason: string | null;
  readonly idempotencyKey: string;
}

function sent(name: Simple, { tenant, rollout, reason, idempotencyKey }: Sending): Promise<unknown> {
  const how = { tenant, idempotencyKey };
  if (name === "rollback")
    return api.post("/v1/deployments/{reference}/rollback", {
      ...how,
      path: { reference: rollout.deploymentId },
      body: { reason },
    });
  const path = { id: rollout.id };
  if (name === "skip" || name === "override-freeze")
    return api.post(`/v1/rollouts/{id}/${name}`, { ...how, path, body: { reason: reason ?? "" } });
  return api.post(`/v1/rollouts/{id}/${name}`, { ...how, path, body: { reason } });
}
