import { useQuery } from "@tanstack/react-query";
import { read } from "../api/query.ts";
import { useRefusal } from "./permission.ts";
import { useSession } from "./session.ts";

interface SubjectProps {
  /** Null for the platform, where nobody's name is looked up. */
  readonly tenant: string | null;
  /** As the audit log has it: `person:<id>`, `key:<id>`, `worker:<name>`, `slack:<id>` … */
  readonly of: string;
}

/** Who did something: a name where the reader may know names, otherwise the kind and the beginning of the id. */
export function Subject({ tenant, of }: SubjectProps) {
  const { person } = useSession();
  const [kind = "", id = ""] = of.split(/:(.*)/s);
  if (kind === "person" && id === person?.id) return <span title={of}>you</span>;
  const words = subjectWords(kind, id);
  return (
    <span title={of}>
      {kind === "person" && tenant !== null ? <PersonName tenant={tenant} id={id} otherwise={words} /> : words}
    </span>
  );
}

interface PersonNameProps {
  readonly tenant: string;
  readonly id: string;
  readonly otherwise: string;
}

function PersonName({ tenant, id, otherwise }: PersonNameProps) {
  const isAllowed = useRefusal(tenant, "members") === null;
  const { data } = useQuery({
    ...read("/v1/members", { tenant, query: { limit: 200 } }),
    enabled: isAllowed,
    staleTime: 5 * 60_000,
  });
  return data?.items.find((member) => member.person.id === id)?.person.name ?? otherwise;
}

const NOUNS: Readonly<Record<string, string>> = { person: "person", key: "API key", link: "link" };

/** Exported for tests. */
export function subjectWords(kind: string, id: string): string {
  if (kind === "worker" || kind === "system") return "Tandem";
  const noun = NOUNS[kind] ?? kind;
  return id === "" ? noun : `${noun} ${id.slice(0, 8)}`;
}
