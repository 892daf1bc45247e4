import type { Schemas } from "../../api/generated/schema.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Time } from "../../ui/time.tsx";
import { browserName } from "./user-agent.ts";

type Session = Schemas["PersonSession"];

interface SessionListProps {
  readonly label: string;
  readonly sessions: readonly Session[];
  readonly ending: string | null;
  readonly onEnd: (session: Session) => void;
}

/** Where somebody is signed in. */
export const SessionList = ({ label, sessions, ending, onEnd }: SessionListProps) => (
  <ul aria-label={label} className="divide-y divide-line rounded-lg border border-line bg-surface">
    {sessions.map((session) => (
      <li key={session.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-2 font-medium" title={session.userAgent}>
            {browserName(session.userAgent)}
            {session.isThis && <Badge tone="good">this one</Badge>}
          </p>
          <p className="text-sm text-ink-faint">
            Signed in <Time at={session.createdAt} />, used <Time at={session.seenAt} show="relative" />
          </p>
        </div>
        <Button
          size="small"
          isBusy={ending === session.id}
          aria-label={`End the session of ${browserName(session.userAgent)}`}
          onClick={() => onEnd(session)}
        >
          End
        </Button>
      </li>
    ))}
  </ul>
);
