import { type Diagnostic, type Json, type SourcePosition } from "@tandem/kernel";
import { dump } from "js-yaml";
import { parseYaml } from "./parse-yaml.ts";
import type { Path } from "./path.ts";
import { positionOf, toJson } from "./yaml-node.ts";

/** A configuration that a person wrote as YAML, and where each part of it stands. */
export type ConfigurationText =
  | {
      readonly ok: true;
      readonly value: Json;
      /** Where a path stands; its nearest ancestor when it is not there. */
      readonly positionOf: (path: Path) => SourcePosition;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Reads one document, as strictly as a manifest. `name` is shown in diagnostics. */
export function readConfigurationText(name: string, text: string): ConfigurationText {
  const { root, diagnostics } = parseYaml(name, text);
  if (root === null || diagnostics.length > 0) return { ok: false, diagnostics };
  return { ok: true, value: toJson(root), positionOf: (path) => positionOf(root, path) };
}

/** Writes what `readConfigurationText` reads: block style, no anchors, texts that look like something else in quotes. */
export const writeConfigurationText = (value: Json): string =>
  dump(value, { noRefs: true, lineWidth: 120, sortKeys: false });
