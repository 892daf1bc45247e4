import { Time } from "../../ui/time.tsx";
import type { Rollout } from "./words.ts";

/** What happens next without anybody, and when. A hold without a time waits for a person. */
export function Due({ dueAt, phase }: Pick<Rollout, "dueAt" | "phase">) {
  if (dueAt === null && phase !== "held") return null;
  return (
    <p className="text-sm text-ink-faint">
      {dueAt === null ? (
        "Waits until somebody decides"
      ) : (
        <>
          {phase.startsWith("awaiting") ? "Aborts by itself" : "Looks again"} <Time at={dueAt} />
        </>
      )}
    </p>
  );
}
