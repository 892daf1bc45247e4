import { useSession } from "../../shell/session.ts";
import { Hash } from "../../ui/code.tsx";

/** Who did something, as far as this page knows: you, a person, a key, Tandem itself. `isFirst`: a sentence begins with it. */
export function Person({ subject, isFirst = false }: { readonly subject: string; readonly isFirst?: boolean }) {
  const { person } = useSession();
  const [kind = "", id = ""] = subject.split(/:(.*)/s);
  if (person !== null && subject === `person:${person.id}`)
    return <span title={subject}>{isFirst ? "You" : "you"}</span>;
  if (kind === "system") return <span title={subject}>Tandem</span>;
  if (kind === "person" || kind === "key")
    return (
      <span title={subject} className="whitespace-nowrap">
        {kind === "key" ? "API key" : isFirst ? "Person" : "person"} <Hash value={id} />
      </span>
    );
  return <span>{subject}</span>;
}
