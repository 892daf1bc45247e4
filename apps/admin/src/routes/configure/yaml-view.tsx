import { useMemo } from "react";
import { Marked } from "../../ui/marked.tsx";
import { Note } from "../../ui/note.tsx";
import type { Form, Layer, Problem } from "./form-field.ts";
import type { YamlText } from "./use-yaml-text.ts";
import { completionsFor } from "./yaml-completion.ts";
import { type Mark, YamlEditor } from "./yaml-editor.tsx";

interface YamlViewProps {
  readonly form: Form;
  readonly layer: Layer;
  readonly yaml: YamlText;
  readonly problems: readonly Problem[];
  readonly isDisabled: boolean;
}

/** The same configuration as text, with what is wrong at its line. */
export default function YamlView({ form, layer, yaml, problems, isDisabled }: YamlViewProps) {
  const complete = useMemo(() => completionsFor(form, layer), [form, layer]);
  const marks = useMemo(() => marksOf(yaml, problems), [yaml, problems]);
  const { error } = yaml;
  return (
    <div className="grid gap-3">
      <p className="text-sm text-ink-faint">
        Ctrl+Space lists what fits. Escape, then Tab leaves the editor. Remarks in the text are not stored.
      </p>
      <YamlEditor text={yaml.text} onText={yaml.onText} marks={marks} complete={complete} isDisabled={isDisabled} />
      {marks.length > 0 && (
        <Note
          tone={error === null ? "warn" : "bad"}
          title={error === null ? undefined : "This is not a configuration yet"}
        >
          <ul className="grid gap-1">
            {marks.map(({ line, message, isError }, index) => (
              <li key={index}>
                <span className="text-ink-soft tabular-nums">Line {line}</span> {isError ? "" : "(remark) "}
                <Marked text={message} />
              </li>
            ))}
          </ul>
        </Note>
      )}
    </div>
  );
}

function marksOf({ text, read }: YamlText, problems: readonly Problem[]): readonly Mark[] {
  const lineOf = (at: number): number => text.slice(0, at).split("\n").length;
  if (read.error !== null) {
    const { message, range } = read.error;
    return [{ ...range, line: lineOf(range.from), message, isError: true }];
  }
  return problems.map(({ pointer, message, severity }) => {
    const range = read.rangeOf(pointer ?? "");
    return { ...range, line: lineOf(range.from), message, isError: severity === "error" };
  });
}
