import type { Schemas } from "../../api/generated/schema.ts";
import { CopyButton, Hash, Mono } from "../../ui/code.tsx";
import { KeyValue } from "../../ui/key-value.tsx";
import { Link } from "../../ui/link.tsx";
import { Card } from "../../ui/section.tsx";
import { Time } from "../../ui/time.tsx";
import { endingOf } from "./event-words.ts";
import type { KnownRelease } from "./use-releases.ts";

interface CallFactsProps {
  readonly tenant: string;
  readonly deployment: string;
  readonly call: Schemas["SessionDetail"];
  readonly releases: readonly KnownRelease[];
}

/** Where it was answered, by which release, and the ids by which others know it. */
export function CallFacts({ tenant, deployment, call, releases }: CallFactsProps) {
  const { bundleHash, release, startedAt, endedAt, region, node, callId, traceId, generation, events } = call;
  const rollout = releases.find(({ hash }) => hash === bundleHash)?.rollout ?? null;
  return (
    <Card>
      <div className="grid gap-x-10 gap-y-2 lg:grid-cols-2">
        <KeyValue
          entries={[
            [
              "Release",
              <span key="release" className="flex flex-wrap items-baseline gap-x-3">
                <span>
                  {release?.playbook ?? "not kept any more"} · <Hash value={bundleHash} />
                </span>
                {rollout !== null && (
                  <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout }}>
                    its rollout
                  </Link>
                )}
                <Link
                  to="/t/$tenant/d/$deployment/calls"
                  params={{ tenant, deployment }}
                  search={{ release: bundleHash, kind: call.kind === "trial" ? "trial" : undefined }}
                >
                  its calls
                </Link>
              </span>,
            ],
            ["Answered", <Time key="answered" at={startedAt} />],
            ["Ended", endedAt === null ? "it goes on" : <Ended key="ended" at={endedAt} how={endingOf(events)} />],
          ]}
        />
        <KeyValue
          entries={[
            ["Trace", <Id key="trace" value={traceId} label="trace id" />],
            ["Carrier’s id", <Id key="call" value={callId} label="carrier’s id" />],
            ["Answered by", `${node} in ${region}, generation ${generation}`],
          ]}
        />
      </div>
    </Card>
  );
}

const Ended = ({ at, how }: { readonly at: string; readonly how: string | null }) => (
  <>
    <Time at={at} show="absolute" />
    {how !== null && `, ${how}`}
  </>
);

const Id = ({ value, label }: { readonly value: string; readonly label: string }) => (
  <span className="flex items-center gap-1">
    <span className="min-w-0 truncate" title={value}>
      <Mono>{value}</Mono>
    </span>
    <CopyButton text={value} label={`Copy ${label}`} />
  </span>
);
