import { counted } from "@tandem/kernel";
import type { Schemas } from "../../api/generated/schema.ts";
import { Hash } from "../../ui/code.tsx";
import { Note } from "../../ui/note.tsx";
import { Time } from "../../ui/time.tsx";

const SIGNATURES: Readonly<Record<Schemas["AuditVerdict"]["checkpoints"]["signatures"], string>> = {
  genuine: "their signatures are genuine",
  forged: "a signature is forged",
  "not-checked": "their signatures were not checked, since no public key is set here or there is none",
};

/** What the walk found. */
export function Verdict({ verdict }: { readonly verdict: Schemas["AuditVerdict"] }) {
  const { intact, rows, head, brokenAt, problem, checkpoints } = verdict;
  const isGood = intact && checkpoints.signatures !== "forged";
  const title = isGood
    ? `Intact: ${counted(rows, "entry fits", "entries fit")}`
    : intact
      ? "The chain fits, and a checkpoint is forged"
      : `Broken at entry ${brokenAt ?? rows + 1}`;
  return (
    <Note tone={isGood ? "good" : "bad"} title={title}>
      {problem !== null && <p>{problem}</p>}
      {!isGood && <p>Export the log now, keep it, and tell whoever looks after this installation.</p>}
      <p className="text-ink-soft">
        {head !== null && (
          <>
            It ends at entry {head.seq}, hash <Hash value={head.hash} length={16} />.{" "}
          </>
        )}
        {checkpoints.count === 0
          ? "There is no checkpoint yet."
          : `${counted(checkpoints.count, "checkpoint")}, and ${SIGNATURES[checkpoints.signatures]}.`}
        {checkpoints.newest !== null && (
          <>
            {" "}
            The newest is of <Time at={checkpoints.newest.at} show="absolute" />.
          </>
        )}
      </p>
    </Note>
  );
}
