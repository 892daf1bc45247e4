import { useQuery } from "@tanstack/react-query";
import { PhoneCall } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { Card } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { type Slot, SlotMark } from "../../ui/slot-badge.tsx";
import { TalkPart } from "./talk-part.tsx";
import { type KnownRelease, releaseLabel } from "./use-releases.ts";

interface TestCallFormProps {
  readonly tenant: string;
  readonly deployment: string;
  readonly releases: readonly KnownRelease[];
  readonly isUnderWay: boolean;
  readonly onAsked: (call: Schemas["TestCall"]) => void;
}

/** Which slot is called, and with which words. */
export function TestCallForm({ tenant, deployment, releases, isUnderWay, onAsked }: TestCallFormProps) {
  const { data } = useQuery(read("/v1/deployments/{reference}", { tenant, path: { reference: deployment } }));
  const [picked, setSlot] = useState<Slot | null>(null);
  const [script, setScript] = useState("");
  const active = data?.pointer.active;
  const slot = picked ?? (active === "green" ? "green" : "blue");
  const hash = data?.slots[slot].bundleHash ?? null;
  const rollout = releases.find((each) => each.hash === hash)?.rollout ?? data?.liveRollout?.id ?? null;
  const scripts = useScripts(tenant, rollout);
  const refusal = useRefusal(tenant, "call");
  const ask = useWrite({
    tenant,
    send: (body: Schemas["RequestTestCall"], idempotencyKey) =>
      api.post("/v1/deployments/{reference}/test-calls", {
        tenant,
        path: { reference: deployment },
        body,
        idempotencyKey,
      }),
    done: onAsked,
  });
  const whySilent =
    refusal ??
    (data === undefined ? "The slots are being read" : null) ??
    (hash === null ? `Slot ${slot} holds no release to talk to` : null);
  const why = whySilent ?? (isUnderWay ? "A test call to this deployment is under way" : null);
  return (
    <Card>
      <div className="grid gap-4">
        <p className="max-w-prose text-ink-soft">
          A scripted caller rings a slot and talks with it as a caller would. It counts in no KPI, moves no caller, and
          only conversations that write nothing at a vendor are held.
        </p>
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
          <fieldset className="grid gap-1.5">
            <legend className="mb-1.5 font-medium">Slot</legend>
            <div className="grid grid-cols-2 gap-2">
              {(["blue", "green"] as const).map((each) => (
                <SlotChoice
                  key={each}
                  slot={each}
                  of={data?.slots[each]}
                  releases={releases}
                  isChosen={slot === each}
                  onChoose={() => {
                    setSlot(each);
                    setScript("");
                  }}
                />
              ))}
            </div>
          </fieldset>
          <Field label="Conversation" isRequired>
            <Select value={script} onChange={({ target }) => setScript(target.value)}>
              <option value="">The release’s first that writes nothing</option>
              {scripts.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
          <Button
            look="main"
            className="lg:mt-[1.875rem]"
            icon={<PhoneCall className="size-4" aria-hidden="true" />}
            disabledBecause={why}
            isBusy={ask.isPending}
            onClick={() => ask.mutate({ slot, ...(script === "" ? {} : { script }) })}
          >
            Call {slot}
          </Button>
        </div>
        {ask.error !== null && <ProblemNote problem={ask.error} />}
        <TalkPart key={slot} tenant={tenant} deployment={deployment} slot={slot} disabledBecause={whySilent} />
      </div>
    </Card>
  );
}

interface SlotChoiceProps {
  readonly slot: Slot;
  readonly of: Schemas["Slot"] | undefined;
  readonly releases: readonly KnownRelease[];
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

const SlotChoice = ({ slot, of, releases, isChosen, onChoose }: SlotChoiceProps) => (
  <label
    className={classNames(
      "flex min-h-9 cursor-pointer flex-wrap items-center gap-x-2 gap-y-1 rounded-md border px-3 py-1.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus",
      isChosen ? "border-ink bg-hover" : "border-edge hover:bg-hover",
    )}
  >
    <input type="radio" name="slot" className="sr-only" checked={isChosen} onChange={onChoose} />
    <SlotMark slot={slot} />
    <span className="font-medium">{slot}</span>
    {of === undefined ? (
      <Skeleton width="5rem" />
    ) : (
      <>
        <Badge tone={of.state === "tainted" ? "warn" : "neutral"}>{of.state}</Badge>
        <span className="text-sm text-ink-faint">
          {of.bundleHash === null ? "no release" : releaseLabel(of.bundleHash, releases)}
        </span>
      </>
    )}
  </label>
);

/** Conversations that the release was smoke-tested with and that could be held whole. */
function useScripts(tenant: string, rollout: string | null): readonly string[] {
  const { data } = useQuery({
    ...read("/v1/rollouts/{id}/smoke", { tenant, path: { id: rollout ?? "" } }),
    enabled: rollout !== null,
    retry: false,
    staleTime: 5 * 60_000,
  });
  const names = data?.scenarios.filter(({ level }) => level !== "read-back").map(({ name }) => name) ?? [];
  return [...new Set(names)];
}
