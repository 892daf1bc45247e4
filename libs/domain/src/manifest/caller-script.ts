import type { Diagnostic } from "@tandem/kernel";
import { z } from "zod";
import { AgentKind } from "./agent.ts";
import { parseYaml } from "./parse-yaml.ts";
import { type CallerStep, callerSteps } from "./policy.ts";
import { schemaDiagnostics } from "./schema-diagnostics.ts";
import { nodeAt, positionOf, toJson } from "./yaml-node.ts";

/** A scripted caller's file: what it says and does, and what it must hear. A playbook's spoken scenario is one, too. */
export const CallerScript = z.strictObject({
  name: z.string().min(1).optional(),
  /** As in smoke scenarios; nothing to a caller who just rings. */
  agents: z.array(AgentKind).optional(),
  steps: z.array(z.discriminatedUnion("do", callerSteps)).min(1),
});
export type CallerScript = z.infer<typeof CallerScript>;

/** A script, or null when the file is unusable; the diagnostics say where and why. */
export interface ParsedCallerScript {
  readonly steps: readonly CallerStep[] | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a script from YAML; `file` is only put into positions. Never throws. */
export function parseCallerScript(file: string, text: string): ParsedCallerScript {
  const { root, diagnostics } = parseYaml(file, text);
  if (root === null || diagnostics.length > 0) return { steps: null, diagnostics };
  const value = toJson(root);
  const parsed = CallerScript.safeParse(value);
  if (parsed.success) return { steps: parsed.data.steps, diagnostics };
  return {
    steps: null,
    diagnostics: schemaDiagnostics(parsed.error, {
      schema: CallerScript,
      value,
      positionOf: (path) => positionOf(root, path),
      plainTextAt: (path) => {
        const node = nodeAt(root, path);
        return node?.kind === "scalar" && node.isPlain ? node.raw : null;
      },
    }),
  };
}
