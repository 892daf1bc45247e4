import { EmptyState } from "../../ui/states.tsx";
import { Card } from "../../ui/section.tsx";
import { KeyValue } from "../../ui/key-value.tsx";
import { Time } from "../../ui/time.tsx";
import { textOf } from "./event-log.ts";
import { Subject } from "../../shell/subject.tsx";
import { ReplayResults } from "./replay-results.tsx";
import type { StageProps } from "./stage-view.tsx";

/** The last gate before callers, and what past calls came to on the release. */
export function Promotion(props: StageProps) {
  const { tenant, rollout, log } = props;
  const { policy, id } = rollout;
  const given = log.findLast(({ type }) => type === "promotion-given");
  const replays = policy.replay !== undefined && policy.replay.gate !== "off";
  if (policy.promotion === "automatic" && !replays)
    return (
      <EmptyState title="Promotes by itself">
        Nobody has to open the last gate: it goes on when the smoke test has passed.
      </EmptyState>
    );
  return (
    <div className="grid gap-5">
      <Card>
        <KeyValue
          entries={[
            ["Opens", policy.promotion === "automatic" ? "by itself" : "by hand"],
            [
              "By",
              policy.promotion === "automatic" ? undefined : (policy.promoters?.join(" or ") ?? "whoever may promote"),
            ],
            [
              "Promoted",
              given === undefined ? (
                "not yet"
              ) : (
                <span key="given">
                  by <Subject tenant={tenant} of={textOf(given, "actor")} /> <Time at={given.at} />
                  {textOf(given, "detail") !== "" && `: “${textOf(given, "detail")}”`}
                </span>
              ),
            ],
          ]}
        />
      </Card>
      {replays && <ReplayResults tenant={tenant} rollout={id} log={log} />}
    </div>
  );
}
