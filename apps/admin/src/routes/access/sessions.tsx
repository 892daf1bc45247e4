import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { Section } from "../../ui/section.tsx";
import { toast } from "../../ui/toast.tsx";
import { SessionList } from "./session-list.tsx";

/** Where the person is signed in, at every browser. */
export function Sessions() {
  const sessions = useQuery(read("/v1/session/sessions", {}));
  const end = useWrite({
    send: ({ id }: Schemas["PersonSession"]) => api.delete("/v1/session/sessions/{id}", { path: { id } }),
    done: (_, { isThis }) => {
      if (isThis) window.location.assign("/sign-in");
      else toast("The session has ended");
    },
  });
  return (
    <Section title="Where you are signed in">
      <p className="max-w-prose text-ink-soft">
        A session ends after 30 minutes without use, and after 12 hours in any case. Ending one takes effect within a
        second.
      </p>
      <Loaded of={sessions}>
        {({ items }) => (
          <SessionList
            label="Your sessions"
            sessions={items}
            ending={end.isPending ? (end.variables?.id ?? null) : null}
            onEnd={(session) => end.mutate(session)}
          />
        )}
      </Loaded>
      {end.error !== null && <ProblemNote problem={end.error} />}
    </Section>
  );
}
