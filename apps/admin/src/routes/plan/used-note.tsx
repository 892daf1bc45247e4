import { Subject } from "../../shell/subject.tsx";
import { ButtonLink } from "../../ui/link.tsx";
import { Note } from "../../ui/note.tsx";
import { Time } from "../../ui/time.tsx";
import type { Tone } from "../../ui/tone.ts";
import type { Standing } from "./plan.ts";

type PlanRollout = Standing["rollouts"][number];

const TONES: Readonly<Partial<Record<PlanRollout["phase"], Tone>>> = {
  succeeded: "good",
  "awaiting-approval": "warn",
  held: "warn",
  failed: "bad",
  aborted: "neutral",
  "rolled-back": "neutral",
};

/** The rollout that runs, or ran, this plan. */
export const UsedNote = ({ tenant, rollout }: { readonly tenant: string; readonly rollout: PlanRollout }) => (
  <Note
    tone={TONES[rollout.phase] ?? "busy"}
    title={`This plan was rolled out: ${rollout.phase}`}
    actions={
      <ButtonLink size="small" to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: rollout.id }}>
        Open the rollout
      </ButtonLink>
    }
  >
    <p className="text-ink-soft">
      Begun <Time at={rollout.createdAt} /> by <Subject tenant={tenant} of={rollout.createdBy} />.
    </p>
  </Note>
);
