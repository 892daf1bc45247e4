import { Subject } from "../../shell/subject.tsx";
import { Time } from "../../ui/time.tsx";
import { type Moment, Timeline } from "../../ui/timeline.tsx";
import type { Tone } from "../../ui/tone.ts";
import { EvidenceList } from "./evidence-list.tsx";
import { evidenceOf, type IncidentEvent, wordsOf } from "./evidence.ts";
import { type IncidentDetail, type Severity, severityWords, type StackName } from "./words.ts";

const TONES: Readonly<Record<IncidentEvent["type"], Tone>> = {
  opened: "bad",
  "stack-suspected": "warn",
  "stack-cleared": "good",
  concluded: "bad",
  "severity-changed": "warn",
  noted: "neutral",
  resolved: "good",
};

/** Everything that happened, newest first. */
export const Story = ({ tenant, incident }: { readonly tenant: string; readonly incident: IncidentDetail }) => (
  <Timeline
    label="What happened, newest first"
    moments={incident.events.toReversed().map((event): Moment => {
      const stack = wordsOf(event, "stack") as StackName | null;
      const words = ["summary", "cause", "note", "text", "reason", "resolution"].map((name) => wordsOf(event, name));
      const said = words.find((each) => each !== null);
      return {
        key: String(event.seq),
        title: titleOf(event, stack),
        tone: TONES[event.type],
        at: <Time at={event.at} show="absolute" />,
        children: (
          <>
            {said !== undefined && <p className="whitespace-pre-wrap">{said}</p>}
            <p className="text-sm text-ink-faint">
              <Subject tenant={tenant} of={event.actor} />
            </p>
            <EvidenceList tenant={tenant} evidence={evidenceOf(event)} stack={stack} />
          </>
        ),
      };
    })}
  />
);

function titleOf(event: IncidentEvent, stack: StackName | null): string {
  const severity = severityWords[(wordsOf(event, "severity") ?? "sev-2") as Severity];
  switch (event.type) {
    case "opened":
      return `Opened as ${severity}`;
    case "stack-suspected":
      return `Suspected: ${stack}`;
    case "stack-cleared":
      return `Cleared: ${stack}`;
    case "concluded":
      return `The cause is in ${stack}`;
    case "severity-changed":
      return `Now ${severity}`;
    case "noted":
      return "Note";
    case "resolved":
      return "Resolved";
  }
}
