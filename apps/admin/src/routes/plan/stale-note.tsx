import { Note } from "../../ui/note.tsx";
import { movedText } from "./moved-text.ts";
import { PlanAgainButton } from "./plan-again-button.tsx";
import type { Standing } from "./plan.ts";

/** A plan whose ground has moved: what moved, and a new plan with one click. */
export const StaleNote = ({ tenant, standing }: { readonly tenant: string; readonly standing: Standing }) => (
  <Note
    tone="warn"
    title="This plan is stale"
    actions={<PlanAgainButton tenant={tenant} standing={standing} look="main" />}
  >
    <p className="text-ink-soft">It was made for something that is not so any more, and cannot be rolled out.</p>
    <ul className="mt-1 list-disc pl-5">
      {standing.moved.map((moved) => (
        <li key={moved.path} title={moved.path}>
          {movedText(moved)}
        </li>
      ))}
    </ul>
  </Note>
);
