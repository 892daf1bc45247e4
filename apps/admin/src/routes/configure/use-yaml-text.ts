import { useCallback, useMemo, useState } from "react";
import { type Draft, differences } from "./draft.ts";
import type { Layer } from "./form-field.ts";
import { readYaml, type ReadText, writeYaml } from "./yaml-text.ts";

/** The draft as text; a text that can be read becomes the draft, one that cannot is kept until it can. */
export interface YamlText {
  readonly text: string;
  readonly read: ReadText;
  /** Why the text is not the draft; null when it is. */
  readonly error: string | null;
  readonly onText: (text: string) => void;
}

export function useYamlText(draft: Draft, layer: Layer, change: (update: () => Draft) => void): YamlText {
  const [typed, setTyped] = useState<string | null>(null);
  const text = useMemo(() => {
    if (typed === null) return writeYaml(draft, layer);
    const { draft: said } = readYaml(typed, layer);
    // What was typed stays as it is, with its blanks and remarks, for as long as it says what the draft says.
    return said === null || differences(said, draft).length === 0 ? typed : writeYaml(draft, layer);
  }, [typed, draft, layer]);
  const read = useMemo(() => readYaml(text, layer), [text, layer]);
  const onText = useCallback(
    (next: string): void => {
      setTyped(next);
      const { draft: said } = readYaml(next, layer);
      if (said !== null) change(() => said);
    },
    [layer, change],
  );
  return { text, read, error: read.error?.message ?? null, onText };
}
