import type { Diagnostic } from "@tandem/kernel";
import { formatPath, type Path } from "./path.ts";
import { maxFileBytes, parseYaml } from "./parse-yaml.ts";
import { positionAt, sourceFile } from "./source-file.ts";
import { suggestion } from "./closest-name.ts";
import type { YamlEntry, YamlMapping, YamlNode } from "./yaml-node.ts";

/** The document with each `{$file: …}` replaced by that file, and which files were used. */
export interface FoldedFiles {
  readonly root: YamlNode;
  readonly used: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Replaces each mapping `{$file: <relative path>}`: `.md` files become text (final newline removed), `.yaml` files their parsed content.
 * Files cannot refer to further files. Diagnostics name the place of the reference, or the place inside the file.
 */
export function foldFiles(root: YamlNode, files: ReadonlyMap<string, string>, folder: string): FoldedFiles {
  const folding = new Folding(files, folder);
  return { root: folding.fold(root, []), used: folding.used, diagnostics: folding.diagnostics };
}

class Folding {
  readonly used = new Set<string>();
  readonly diagnostics: Diagnostic[] = [];
  readonly #files: ReadonlyMap<string, string>;
  readonly #folder: string;

  constructor(files: ReadonlyMap<string, string>, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  fold(node: YamlNode, path: Path): YamlNode {
    if (node.kind === "scalar") return node;
    if (node.kind === "sequence")
      return { ...node, items: node.items.map((item, index) => this.fold(item, [...path, index])) };
    const reference = node.entries.get("$file");
    if (reference !== undefined) return this.#replace(node, reference, path);
    const entries = [...node.entries].map(([name, entry]): [string, YamlEntry] => [
      name,
      { ...entry, value: this.fold(entry.value, [...path, name]) },
    ]);
    return { ...node, entries: new Map(entries) };
  }

  #replace(node: YamlMapping, reference: YamlEntry, path: Path): YamlNode {
    const target = reference.value.kind === "scalar" ? reference.value.value : null;
    if (typeof target !== "string" || node.entries.size !== 1)
      return this.#refuse(
        node,
        path,
        "A file reference is malformed.",
        "It must be exactly `{$file: prompts/name.md}`.",
        "Write only `$file` with one relative path.",
      );
    const text = this.#files.get(target);
    if (text === undefined)
      return this.#refuse(
        node,
        path,
        "A file that the manifest refers to does not exist.",
        `\`${target}\` is not in the playbook's folder.`,
        `Create it or correct the path. ${suggestion(target, this.#files.keys())}`.trim(),
      );
    this.used.add(target);
    if (target.endsWith(".yaml")) return this.#parsed(node, target, text);
    if (text.length > maxFileBytes)
      return this.#refuse(
        node,
        path,
        "A prompt file is larger than 256 KiB.",
        `\`${target}\` has ${text.length} characters.`,
        "Shorten it: a voice prompt this long cannot be followed.",
      );
    return {
      kind: "scalar",
      file: sourceFile(`${this.#folder}${target}`, text),
      offset: 0,
      value: text.trimEnd(),
      raw: "",
      isPlain: false,
    };
  }

  #parsed(node: YamlMapping, target: string, text: string): YamlNode {
    const { root, diagnostics } = parseYaml(`${this.#folder}${target}`, text);
    this.diagnostics.push(...diagnostics);
    return root ?? { kind: "scalar", file: node.file, offset: node.offset, value: null, raw: "", isPlain: false };
  }

  #refuse(node: YamlMapping, path: Path, summary: string, detail: string, fix: string): YamlNode {
    this.diagnostics.push({
      severity: "error",
      code: "file-reference",
      summary,
      detail,
      path: formatPath(path),
      fix,
      position: positionAt(node.file, node.offset),
    });
    return { kind: "scalar", file: node.file, offset: node.offset, value: "", raw: "", isPlain: false };
  }
}
