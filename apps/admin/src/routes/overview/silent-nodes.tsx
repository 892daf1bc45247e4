import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { AnswerOf } from "../../api/operation.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { usePlatformRefusal } from "../../shell/permission.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Mono } from "../../ui/code.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import { AttentionRow } from "./attention-row.tsx";

export type MediaNode = AnswerOf<"get", "/v1/media-nodes">["items"][number];

/** A node tells of itself once a second: one that has not for this long is cut off or gone, milliseconds. */
const SILENT_MS = 15_000;
const LOOK_MS = 5000;

/** Media nodes that have told nothing for a while; none for whoever may not see the platform's. */
export function useSilentNodes(): readonly MediaNode[] {
  const seesNodes = usePlatformRefusal("platform") === null;
  const { data } = useQuery({
    ...read("/v1/media-nodes", { query: { limit: 200 } }),
    enabled: seesNodes,
    refetchInterval: LOOK_MS,
  });
  return data?.items.filter(({ silentMs }) => silentMs >= SILENT_MS) ?? [];
}

/** One of them among what needs a person. */
export function SilentNodeRow({ node }: { readonly node: MediaNode }) {
  const { name, region, lookedAt } = node;
  const [isAsking, setAsking] = useState(false);
  return (
    <AttentionRow
      title={<StatusDot tone="bad">Media node silent</StatusDot>}
      subject={
        <>
          <Mono>{name}</Mono> <span className="text-ink-faint">{region}</span>
        </>
      }
      detail="What its callers may use is kept until it answers."
      when={<Time at={lookedAt} show="relative" />}
      action={
        <Button size="small" onClick={() => setAsking(true)}>
          Forget<span className="sr-only"> the media node {name}</span>
        </Button>
      }
    >
      {isAsking && <ForgetDialog node={node} onClose={() => setAsking(false)} />}
    </AttentionRow>
  );
}

function ForgetDialog({ node: { id, name }, onClose }: { readonly node: MediaNode; readonly onClose: () => void }) {
  const forget = useWrite({
    send: (reason: string, idempotencyKey) =>
      api.post("/v1/media-nodes/{id}/forget", { path: { id }, body: { reason }, idempotencyKey }),
    done: () => {
      toast(`${name} is forgotten`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      isDanger
      onClose={onClose}
      title={`Forget the media node ${name}?`}
      consequences="Rollouts that wait for it clean up at once. Only where it runs no more: calls that it still answered would lose the agents they are on."
      action="Forget"
      reason="required"
      isBusy={forget.isPending}
      problem={forget.error}
      onConfirm={(reason) => reason !== null && forget.mutate(reason)}
    />
  );
}
