import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Member } from "./members.tsx";
import { SessionList } from "./session-list.tsx";

interface MemberSessionsProps {
  readonly tenant: string;
  readonly member: Member;
  readonly onClose: () => void;
}

/** Where a member is signed in. */
export function MemberSessions({ tenant, member: { person }, onClose }: MemberSessionsProps) {
  const path = { id: person.id };
  const sessions = useQuery(read("/v1/members/{id}/sessions", { tenant, path }));
  const end = useWrite({
    tenant,
    send: (session: string) =>
      api.delete("/v1/members/{id}/sessions/{session}", { tenant, path: { ...path, session } }),
    done: () => toast(`A session of ${person.name} has ended`),
  });
  return (
    <Dialog isOpen onClose={onClose} title={`Sessions of ${person.name}`}>
      <Loaded of={sessions}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-ink-soft">{person.name} is signed in nowhere.</p>
          ) : (
            <SessionList
              label={`Sessions of ${person.name}`}
              sessions={items}
              ending={end.isPending ? end.variables : null}
              onEnd={({ id }) => end.mutate(id)}
            />
          )
        }
      </Loaded>
      {end.error !== null && <ProblemNote problem={end.error} />}
    </Dialog>
  );
}
