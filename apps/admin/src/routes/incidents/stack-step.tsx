import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import type { Schemas } from "../../api/generated/schema.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Subject } from "../../shell/subject.tsx";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { Time } from "../../ui/time.tsx";
import { Clock } from "./clock.tsx";
import { EvidenceList } from "./evidence-list.tsx";
import { eventsOfStack, evidenceOf, type IncidentEvent, wordsOf } from "./evidence.ts";
import { LastChange } from "./last-change.tsx";
import { StackDialog, type Verdict } from "./stack-dialog.tsx";
import { StackFigures } from "./stack-figures.tsx";
import {
  type Diagnosis,
  diagnosisTones,
  diagnosisWords,
  healthTones,
  type IncidentDetail,
  type StackHealth,
  stackContents,
  stackTitles,
  walkRefusal,
} from "./words.ts";

interface StackStepProps {
  readonly tenant: string;
  readonly incident: IncidentDetail;
  readonly diagnosis: Diagnosis;
  readonly position: number;
  /** Undefined until it has been read. */
  readonly health: StackHealth | undefined;
  readonly series: Schemas["HealthSeries"] | undefined;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

/** One stack of the walk: how it stands, and when it is open what is known of it and what can be said. */
export function StackStep(props: StackStepProps) {
  const { incident, diagnosis, position, health, isOpen, onOpen } = props;
  const { stack, state, isSuspected } = diagnosis;
  const panel = useId();
  return (
    <li
      className={classNames(
        "rounded-lg border bg-surface",
        state === "diagnosing" || state === "concluded" ? "border-edge" : "border-line",
      )}
    >
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={panel}
          onClick={onOpen}
          className="flex w-full flex-wrap items-center gap-x-4 gap-y-1 rounded-lg px-4 py-3 text-left hover:bg-hover"
        >
          <span className="flex min-w-56 flex-1 items-center gap-3">
            <ChevronRight
              className={classNames("size-4 shrink-0 text-ink-faint transition-transform", isOpen && "rotate-90")}
              aria-hidden="true"
            />
            <span className="text-ink-faint tabular-nums">{position}</span>
            <span className="min-w-0">
              <span className="flex items-center gap-2 font-semibold">
                {stackTitles[stack]}
                {isSuspected && <Badge tone="warn">suspected</Badge>}
              </span>
              <span className="block text-sm font-normal text-ink-faint">{stackContents[stack]}</span>
            </span>
          </span>
          <span className="flex gap-x-4 text-sm font-normal max-sm:pl-10">
            <span className="grid w-36 content-start gap-0.5">
              <StatusDot tone={diagnosisTones[state]}>{diagnosisWords[state]}</StatusDot>
              <span className={classNames(state === "waiting" && "pl-5")}>
                <Clock span={diagnosis} idle={incident.state === "resolved" ? "not looked at" : "not begun"} />
              </span>
            </span>
            <span className="w-24">
              {health !== undefined && (
                <StatusDot tone={healthTones[health.word]}>
                  <span className="sr-only">Health now: </span>
                  {health.word}
                </StatusDot>
              )}
            </span>
          </span>
        </button>
      </h3>
      <div id={panel} hidden={!isOpen} className="grid gap-4 border-t border-line px-4 py-4">
        {isOpen && <StackWork {...props} />}
      </div>
    </li>
  );
}

function StackWork({ tenant, incident, diagnosis, health, series }: StackStepProps) {
  const { stack } = diagnosis;
  const said = eventsOfStack(incident, stack);
  return (
    <>
      {health === undefined ? (
        <SkeletonLines count={5} />
      ) : (
        <>
          <LastChange tenant={tenant} incident={incident} change={health.lastChange} />
          <StackFigures stack={stack} health={health} series={series} />
          <p className="text-sm text-ink-faint">
            Figures of the last 15 minutes; the lines show three hours in quarters, dashed where it is degraded, drawn
            where it is failing.
          </p>
        </>
      )}
      {said.length > 0 && (
        <ul aria-label={`Said of ${stack}`} className="grid gap-3">
          {said.map((event) => (
            <Saying key={event.seq} tenant={tenant} event={event} diagnosis={diagnosis} />
          ))}
        </ul>
      )}
      <Verdicts tenant={tenant} incident={incident} diagnosis={diagnosis} />
    </>
  );
}

const SAID: Readonly<Partial<Record<IncidentEvent["type"], string>>> = {
  "stack-suspected": "Suspected",
  "stack-cleared": "Cleared",
  concluded: "Concluded",
};

const Saying = ({ tenant, event, diagnosis }: { tenant: string; event: IncidentEvent; diagnosis: Diagnosis }) => (
  <li>
    <p>
      <span className="font-medium">{SAID[event.type]}</span> by <Subject tenant={tenant} of={event.actor} />
      <span className="text-ink-faint">
        {" "}
        · <Time at={event.at} show="absolute" />
      </span>
    </p>
    {(wordsOf(event, "cause") ?? wordsOf(event, "note")) !== null && (
      <p className="whitespace-pre-wrap text-ink-soft">{wordsOf(event, "cause") ?? wordsOf(event, "note")}</p>
    )}
    <EvidenceList tenant={tenant} evidence={evidenceOf(event)} stack={diagnosis.stack} />
  </li>
);

function Verdicts({
  tenant,
  incident,
  diagnosis: { stack, state, isSuspected },
}: {
  tenant: string;
  incident: IncidentDetail;
  diagnosis: Diagnosis;
}) {
  const refusal = useRefusal(tenant, "incidents");
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const obstacle = refusal ?? walkRefusal(incident, stack);
  const isOver = incident.state === "resolved";
  if (isOver) return null;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        <Button
          look={obstacle === null && state === "diagnosing" ? "main" : "plain"}
          disabledBecause={obstacle ?? (state === "cleared" ? "This stack is cleared already" : null)}
          onClick={() => setVerdict("clear")}
        >
          Clear {stack}
        </Button>
        <Button
          disabledBecause={
            obstacle ??
            (state === "cleared"
              ? "This stack is cleared"
              : state === "concluded"
                ? "Concluded already; clear it to take that back"
                : null)
          }
          onClick={() => setVerdict("conclude")}
        >
          Conclude: the cause is here
        </Button>
        <Button
          look="quiet"
          disabledBecause={
            refusal ?? (isSuspected ? "It is suspected already" : state === "cleared" ? "This stack is cleared" : null)
          }
          onClick={() => setVerdict("suspect")}
        >
          Suspect it
        </Button>
      </div>
      {refusal === null && obstacle !== null && <p className="text-sm text-ink-soft">{obstacle}.</p>}
      {verdict !== null && (
        <StackDialog
          tenant={tenant}
          incident={incident}
          stack={stack}
          verdict={verdict}
          onClose={() => setVerdict(null)}
        />
      )}
    </div>
  );
}
