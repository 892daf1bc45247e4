import type { ReactNode } from "react";
import { Approval } from "./approval.tsx";
import { Callers } from "./callers.tsx";
import { Operations } from "./operations.tsx";
import { PlanStage } from "./plan-stage.tsx";
import { Preflight } from "./preflight.tsx";
import { Promotion } from "./promotion.tsx";
import type { Watched } from "./rollout-page.tsx";
import { SmokeTest } from "./smoke-test.tsx";
import { type Stage, type StageName } from "./stages.ts";
import { SwitchStage } from "./switch-stage.tsx";

export interface StageProps extends Watched {
  readonly stage: Stage;
}

const VIEWS: Readonly<Record<StageName, (props: StageProps) => ReactNode>> = {
  preflight: (props) => <Preflight {...props} />,
  plan: (props) => <PlanStage {...props} />,
  approval: (props) => <Approval {...props} />,
  apply: (props) => <Operations {...props} of={["apply"]} />,
  "smoke-test": (props) => <SmokeTest {...props} />,
  promotion: (props) => <Promotion {...props} />,
  canary: (props) => <Callers {...props} />,
  switch: (props) => <SwitchStage {...props} />,
  bake: (props) => <Callers {...props} />,
  retire: (props) => <Operations {...props} of={["retire"]} />,
  abort: (props) => <Operations {...props} of={["cleanup"]} />,
  rollback: (props) => <Operations {...props} of={["cleanup", "retire"]} />,
};

interface StageViewProps extends Watched {
  readonly stage: StageName;
  readonly stages: readonly Stage[];
}

/** What one stage did and found. */
export function StageView({ stage: name, stages, ...watched }: StageViewProps) {
  const stage = stages.find((each) => each.name === name);
  return (
    <div role="tabpanel" id="stage-view" aria-labelledby={`stage-${name}`} className="min-w-0 xl:min-h-80">
      {stage !== undefined && VIEWS[name]({ ...watched, stage })}
    </div>
  );
}
