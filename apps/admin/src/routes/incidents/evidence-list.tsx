import { counted } from "@tandem/kernel";
import type { ReactNode } from "react";
import { Hash } from "../../ui/code.tsx";
import { Link } from "../../ui/link.tsx";
import { Time } from "../../ui/time.tsx";
import { type KeptEvidence, tellingFigures } from "./evidence.ts";
import type { StackName } from "./words.ts";

interface EvidenceListProps {
  readonly tenant: string;
  readonly evidence: readonly KeptEvidence[];
  /** Whose figures are told; all of them when null. */
  readonly stack: StackName | null;
}

/** What was attached, each with the way to it. */
export const EvidenceList = ({ tenant, evidence, stack }: EvidenceListProps) =>
  evidence.length === 0 ? null : (
    <ul aria-label="Evidence" className="mt-1.5 grid gap-1 border-l-2 border-line pl-3 text-base">
      {evidence.map((one, index) => (
        <li key={index} className="text-ink">
          <One tenant={tenant} one={one} stack={stack} />
        </li>
      ))}
    </ul>
  );

function One({
  tenant,
  one,
  stack,
}: {
  readonly tenant: string;
  readonly one: KeptEvidence;
  readonly stack: StackName | null;
}) {
  switch (one.kind) {
    case "session":
      return (
        <Noted note={one.note}>
          <Link to="/t/$tenant/calls/$session" params={{ tenant, session: one.sessionId }}>
            Call <Hash value={one.sessionId} />
          </Link>
        </Noted>
      );
    case "operation":
      return (
        <Noted note={one.note}>
          <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: one.rolloutId }}>
            Operation {one.seq} of rollout <Hash value={one.rolloutId} />
          </Link>
        </Noted>
      );
    case "metrics":
      return (
        <Noted note={one.note}>
          <span>
            Figures at <Time at={one.health.to} show="absolute" />, {counted(one.health.calls, "call")}:{" "}
            {tellingFigures(one.health, stack).join("; ") || "nothing of this stack"}
          </span>
        </Noted>
      );
    case "text":
      return <span className="whitespace-pre-wrap">{one.text}</span>;
  }
}

const Noted = ({ note, children }: { readonly note: string | undefined; readonly children: ReactNode }) => (
  <>
    {children}
    {note !== undefined && <span className="text-ink-soft"> · {note}</span>}
  </>
);
