import { useQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Link } from "../../ui/link.tsx";
import { SlotBadge } from "../../ui/slot-badge.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";

interface RollBackProps {
  readonly tenant: string;
  /** Name of the deployment. */
  readonly deployment: string;
  /** What it is done for; stands in the audit log. */
  readonly because: string;
}

/** Back to the release before, from here. */
export function RollBack({ tenant, deployment, because }: RollBackProps) {
  const refusal = useRefusal(tenant, "rollback");
  const [isOpen, setOpen] = useState(false);
  const { data } = useQuery(read("/v1/deployments/{reference}", { tenant, path: { reference: deployment } }));
  const back = useWrite({
    tenant,
    send: (reason: string, idempotencyKey) =>
      api.post("/v1/deployments/{reference}/rollback", {
        tenant,
        path: { reference: deployment },
        body: { reason },
        idempotencyKey,
      }),
    done: ({ pointer }) => {
      toast(`New calls of ${deployment} go to ${pointer.active}`);
      setOpen(false);
    },
  });
  const wayBack = data?.wayBack;
  const impossible =
    wayBack !== undefined && !wayBack.possible ? `No way back: ${wayBack.reason ?? "the slot is empty"}` : null;
  return (
    <>
      <Button
        look="danger"
        icon={<Undo2 className="size-4" aria-hidden="true" />}
        disabledBecause={refusal ?? impossible}
        onClick={() => setOpen(true)}
      >
        Roll back
      </Button>
      {isOpen && (
        <ConfirmDialog
          isOpen
          isDanger
          title={`Roll back ${deployment}?`}
          action="Roll back"
          isBusy={back.isPending}
          problem={back.error}
          onClose={() => {
            back.reset();
            setOpen(false);
          }}
          onConfirm={() => back.mutate(because)}
          consequences={
            <div className="grid gap-2">
              <p>
                New calls go {data !== undefined && <Target active={data.pointer.active} />} within a second. Calls in
                progress end on the release that they began with.
              </p>
              <p>
                It works while workers and vendors are away.
                {wayBack?.verifiedAt != null && (
                  <>
                    {" "}
                    The way back was verified <Time at={wayBack.verifiedAt} show="relative" />.
                  </>
                )}
              </p>
              <p>
                The reason in the audit log is this incident. More at{" "}
                <Link to="/t/$tenant/d/$deployment" params={{ tenant, deployment }}>
                  {deployment}
                </Link>
                .
              </p>
            </div>
          }
        />
      )}
    </>
  );
}

function Target({ active }: { readonly active: "blue" | "green" | "none" }) {
  if (active === "none") return "back";
  return (
    <>
      back to <SlotBadge slot={active === "blue" ? "green" : "blue"} />
    </>
  );
}
