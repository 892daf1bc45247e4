import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { readPages } from "../../api/page-list.ts";
import type { ApiProblem } from "../../api/problem.ts";
import { Button } from "../../ui/button.tsx";
import { Hash } from "../../ui/code.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { Verdict } from "./verdict.tsx";

/** A head that somebody has written down. */
interface Head {
  readonly seq: string;
  readonly hash: string;
}

const HASH = /^[0-9a-f]{64}$/;

/** The chain as a whole: whether it is intact, and the signed statements of where it stood. */
export function Chain({ tenant }: { readonly tenant: string }) {
  return (
    <div className="grid gap-8">
      <Verify tenant={tenant} />
      <Checkpoints tenant={tenant} />
    </div>
  );
}

function Verify({ tenant }: { readonly tenant: string }) {
  const [head, setHead] = useState<Head>({ seq: "", hash: "" });
  const verify = useMutation<Schemas["AuditVerdict"], ApiProblem, Head>({
    mutationFn: ({ seq, hash }) =>
      api.get("/v1/audit/verify", { tenant, query: seq === "" ? {} : { seq: Number(seq), hash } }),
  });
  const hasOne = head.seq !== "" || head.hash !== "";
  const isWhole = /^[1-9]\d{0,8}$/.test(head.seq) && HASH.test(head.hash);
  return (
    <Section title="Is the log what was written?">
      <p className="max-w-prose text-ink-soft">
        Every entry is walked from the first to the last, against the checkpoints, their signatures, and the checkpoint
        that you have kept elsewhere, if you give it.
      </p>
      <details className="max-w-3xl">
        <summary className="font-medium">A checkpoint that I have kept</summary>
        <div className="mt-3 grid gap-3 sm:grid-cols-[8rem_1fr]">
          <Field label="Entry">
            <Input
              inputMode="numeric"
              value={head.seq}
              onChange={({ target: { value } }) => setHead((before) => ({ ...before, seq: value.trim() }))}
            />
          </Field>
          <Field
            label="Hash"
            error={head.hash !== "" && !HASH.test(head.hash) ? "64 characters, 0 to 9 and a to f" : null}
          >
            <Input
              isMono
              value={head.hash}
              onChange={({ target: { value } }) => setHead((before) => ({ ...before, hash: value.trim() }))}
            />
          </Field>
        </div>
      </details>
      <div>
        <Button
          look="main"
          icon={<ShieldCheck className="size-4" aria-hidden="true" />}
          isBusy={verify.isPending}
          disabledBecause={hasOne && !isWhole ? "Entry and hash go together" : null}
          onClick={() => verify.mutate(head)}
        >
          {verify.isPending ? "Walking the chain …" : "Verify the chain"}
        </Button>
      </div>
      <div role="status" className="max-w-3xl">
        {verify.data !== undefined && !verify.isPending && <Verdict verdict={verify.data} />}
      </div>
      {verify.error !== null && <ProblemNote problem={verify.error} />}
    </Section>
  );
}

const columns: readonly Column<Schemas["AuditCheckpoint"]>[] = [
  { name: "seq", header: "Up to entry", width: "8rem", align: "end", cell: ({ seq }) => seq },
  { name: "at", header: "Signed", width: "12rem", cell: ({ at }) => <Time at={at} /> },
  { name: "hash", header: "Hash", cell: ({ hash }) => <Hash value={hash} length={24} /> },
  { name: "key", header: "Key", width: "12rem", from: "md", cell: ({ keyId }) => <Hash value={keyId} length={16} /> },
];

function Checkpoints({ tenant }: { readonly tenant: string }) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    readPages("/v1/audit/checkpoints", { tenant, query: { limit: 100 } }),
  );
  return (
    <Section title="Checkpoints">
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <EmptyState title="No checkpoint yet">
          Each hour in which the log has grown, a worker signs where it stands. Keep one elsewhere, and nobody can write
          the log anew unseen.
        </EmptyState>
      ) : (
        <Table
          label="Checkpoints, newest first"
          columns={columns}
          rows={data ?? []}
          keyOf={({ seq }) => String(seq)}
          loadingRows={data === undefined ? 4 : 0}
          onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
    </Section>
  );
}
