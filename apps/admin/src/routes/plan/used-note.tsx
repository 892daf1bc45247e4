import { Subject } from "../../shell/subject.tsx";
import { ButtonLink } from "../../ui/link.tsx";
import { Note } from "../../ui/note.tsx";
import { Time } from "../../ui/time.tsx";
import { phaseTone } from "../rollout/words.ts";
import { type Standing, usedTitle } from "./plan.ts";

type PlanRollout = Standing["rollouts"][number];

/** The rollout that runs, or ran, this plan. */
export const UsedNote = ({ tenant, rollout }: { readonly tenant: string; readonly rollout: PlanRollout }) => (
  <Note
    tone={phaseTone(rollout.phase)}
    title={usedTitle(rollout.phase)}
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
