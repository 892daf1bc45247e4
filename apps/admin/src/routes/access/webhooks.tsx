import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { readPages } from "../../api/page-list.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Tone } from "../../ui/tone.ts";
import { Refused } from "./refused.tsx";

type Webhook = Schemas["Webhook"];

/** Where messages of what happens go. */
export function Webhooks({ tenant }: { readonly tenant: string }) {
  const refusal = useRefusal(tenant, "manage");
  return refusal === null ? <WebhookList tenant={tenant} /> : <Refused what="Webhooks" because={refusal} />;
}

function WebhookList({ tenant }: { readonly tenant: string }) {
  const { data, error, refetch } = useInfiniteQuery(readPages("/v1/webhooks", { tenant, query: { limit: 100 } }));
  const test = useWrite({
    tenant,
    send: ({ id }: Webhook, idempotencyKey) =>
      api.post("/v1/webhooks/{id}/test", { tenant, path: { id }, idempotencyKey }),
    done: (_, { host }) => toast(`A test message is on its way to ${host}`),
  });
  const change = useWrite({
    tenant,
    send: ({ id, state }: Pick<Webhook, "id" | "state">) =>
      api.patch("/v1/webhooks/{id}", {
        tenant,
        path: { id },
        body: { state: state === "active" ? "paused" : "active" },
      }),
    done: ({ host, state }) =>
      toast(state === "active" ? `${host} gets messages again` : `${host} gets no messages now`),
  });
  const problem = test.error ?? change.error;
  return (
    <Section title="Webhooks">
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <EmptyState title="No webhook yet">
          Rollouts, approvals, incidents and drift are told to your systems and chats by webhooks. They are made through
          the API (POST /v1/webhooks) or the command line.
        </EmptyState>
      ) : (
        <Table
          label="Webhooks"
          columns={columns({
            onTest: (webhook) => test.mutate(webhook),
            onChange: (webhook) => change.mutate(webhook),
            testing: test.isPending ? test.variables?.id : undefined,
          })}
          rows={data ?? []}
          keyOf={({ id }) => id}
          loadingRows={data === undefined ? 2 : 0}
        />
      )}
      {problem !== null && <ProblemNote problem={problem} />}
    </Section>
  );
}

interface Acts {
  readonly onTest: (webhook: Webhook) => void;
  readonly onChange: (webhook: Webhook) => void;
  readonly testing: string | undefined;
}

function standing({ state, failingSince }: Webhook): readonly [Tone, string] {
  if (state === "paused") return ["neutral", "paused"];
  if (state === "disabled") return ["bad", "switched off"];
  return failingSince === null ? ["good", "works"] : ["warn", "failing"];
}

const columns = ({ onTest, onChange, testing }: Acts): readonly Column<Webhook>[] => [
  {
    name: "host",
    header: "Goes to",
    cell: ({ host, description, kind }) => (
      <span title={description}>
        <span className="font-medium">{host}</span> <span className="text-ink-faint">{description || kind}</span>
      </span>
    ),
  },
  {
    name: "state",
    header: "State",
    width: "8rem",
    cell: (webhook) => {
      const [tone, word] = standing(webhook);
      return <StatusDot tone={tone}>{word}</StatusDot>;
    },
  },
  {
    name: "since",
    header: "Failing since",
    width: "9rem",
    from: "lg",
    cell: ({ failingSince }) => <Time at={failingSince} show="relative" />,
  },
  {
    name: "events",
    header: "Told of",
    from: "md",
    cell: ({ events }) => <span title={events.join(", ")}>{events.join(", ")}</span>,
  },
  {
    name: "acts",
    header: <span className="sr-only">Actions</span>,
    width: "11rem",
    align: "end",
    cell: (webhook) => (
      <span className="inline-flex gap-1.5">
        <Button
          size="small"
          isBusy={testing === webhook.id}
          aria-label={`Test ${webhook.host}`}
          onClick={() => onTest(webhook)}
        >
          Test
        </Button>
        <Button
          size="small"
          aria-label={`${webhook.state === "active" ? "Pause" : "Activate"} ${webhook.host}`}
          onClick={() => onChange(webhook)}
        >
          {webhook.state === "active" ? "Pause" : "Activate"}
        </Button>
      </span>
    ),
  },
];
