import { asProblem } from "../api/problem.ts";
import { Note } from "./note.tsx";

/** What the server refused, beside the form or button that asked; what else went wrong there is told as well. */
export function ProblemNote({ problem: thrown }: { readonly problem: unknown }) {
  const problem = asProblem(thrown);
  return (
    <Note tone="bad" title={problem.title} isAlert>
      <p>{problem.detail}</p>
      {problem.fields.length > 0 && (
        <ul className="mt-1 list-disc pl-5">
          {problem.fields.map(({ path, message }) => (
            <li key={path}>
              <code className="font-mono text-sm">{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
      <p className="mt-1 text-ink-soft">{problem.fix}</p>
      <p className="mt-1 text-sm text-ink-faint">
        Code <code className="font-mono">{problem.code}</code>
        {problem.traceId !== null && (
          <>
            {" · request "}
            <code className="font-mono">{problem.traceId}</code>
          </>
        )}
      </p>
    </Note>
  );
}
