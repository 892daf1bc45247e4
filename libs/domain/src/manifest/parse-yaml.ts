import type { Diagnostic } from "@tandem/kernel";
import {
  type Event,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from "js-yaml";
import { formatPath } from "./path.ts";
import { positionAt, type SourceFile, sourceFile } from "./source-file.ts";
import type { YamlEntry, YamlNode, YamlScalar } from "./yaml-node.ts";

/** Largest authored file, bytes of UTF-8. */
export const maxFileBytes = 262_144;
const maxDepth = 40;
/** Most lines of one file, and most keys, values and lists; a playbook that ships has some 700 and 2,000. */
export const maxNodes = 10_000;

/** A document, or null when it is unusable; the diagnostics say why. */
export interface ParsedYaml {
  readonly root: YamlNode | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads one YAML 1.2 document into nodes with positions. Linear in the size of the text. Refuses what a configuration has no need
 * for and parsers trip over: more than 256 KiB, 40 levels or 10,000 keys and values, aliases, anchors, tags, duplicate keys, several
 * documents.
 */
export function parseYaml(name: string, text: string): ParsedYaml {
  const sizeBytes = text.length > maxFileBytes ? text.length : new TextEncoder().encode(text).length;
  if (sizeBytes > maxFileBytes) return { root: null, diagnostics: [tooLarge(name, sizeBytes)] };
  const file = sourceFile(name, text);
  if (file.lineStarts.length > maxNodes) return { root: null, diagnostics: [tooMany(file, file.lineStarts[maxNodes])] };
  try {
    const events = parseEvents(text, { maxDepth });
    const nodes = events.filter(isNode);
    if (nodes.length > maxNodes) return { root: null, diagnostics: [tooMany(file, offsetOf(nodes[maxNodes]))] };
    return new TreeBuilder(file).build(events);
  } catch (error) {
    return { root: null, diagnostics: [syntaxDiagnostic(file, error)] };
  }
}

const tooLarge = (name: string, sizeBytes: number): Diagnostic => ({
  severity: "error",
  code: "file-too-large",
  summary: "The file is larger than 256 KiB.",
  detail: `${name} has at least ${sizeBytes} bytes; the limit is ${maxFileBytes}.`,
  path: "",
  fix: "Move long texts into files of their own and refer to them with `$file`.",
  position: { file: name, line: 1, column: 1 },
});

const isNode = (event: Event): boolean => event.type !== EVENT_ID.POP && event.type !== EVENT_ID.DOCUMENT;

const tooMany = (file: SourceFile, offset: number | undefined): Diagnostic => ({
  severity: "error",
  code: "too-many-values",
  summary: "The file holds more than 10,000 lines, or keys and values.",
  detail: `${file.name} holds more than a playbook has use for.`,
  path: "",
  fix: "Remove what is repeated, or move long texts into files of their own.",
  position: positionAt(file, Math.max(offset ?? 0, 0)),
});

function offsetOf(event: Event | undefined): number {
  if (event === undefined) return 0;
  if ("start" in event) return event.start;
  return "valueStart" in event ? event.valueStart : 0;
}

function syntaxDiagnostic(file: SourceFile, error: unknown): Diagnostic {
  const reason = error instanceof YAMLException ? error.reason : "the text cannot be read";
  const isDepth = reason.includes("maxDepth");
  const offset = error instanceof YAMLException ? (error.mark?.position ?? 0) : 0;
  return {
    severity: "error",
    code: isDepth ? "too-deep" : "yaml-syntax",
    summary: isDepth ? `The document is nested more than ${maxDepth} levels deep.` : "This is not well-formed YAML.",
    detail: isDepth ? "Nesting this deep is refused." : `The parser says: ${reason}.`,
    path: "",
    fix: isDepth ? "Flatten the structure." : syntaxFix(reason),
    position: positionAt(file, Math.min(offset, file.text.length)),
  };
}

function syntaxFix(reason: string): string {
  if (reason.includes("quoted scalar")) return "Close the quotes that were opened before this place.";
  if (reason.includes("flow collection")) return "Close the bracket or brace, and separate items with commas.";
  if (reason.includes("indentation") || reason.includes("tab"))
    return "Indent with spaces, the same number for all members of one mapping; put a text that holds `: ` in quotes.";
  return "Correct the text at this line; put a value that holds `:`, `#`, `{`, `[`, `@` or `*` in quotes.";
}

interface Frame {
  readonly entries: Map<string, YamlEntry> | null;
  readonly items: YamlNode[] | null;
  readonly offset: number;
  key: { readonly name: string; readonly offset: number } | null;
  /** True while the frame is itself a refused key or lies under one. */
  isRefusedKey: boolean;
}

type CollectionEvent = Extract<Event, { style: 1 | 2; start: number }>;

class TreeBuilder {
  readonly #file: SourceFile;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #frames: Frame[] = [];
  #root: YamlNode | null = null;
  #documents = 0;

  constructor(file: SourceFile) {
    this.#file = file;
  }

  build(events: readonly Event[]): ParsedYaml {
    const closers: ("document" | "collection")[] = [];
    for (const event of events) {
      if (event.type === EVENT_ID.POP) {
        if (closers.pop() === "collection") this.#close();
      } else if (event.type === EVENT_ID.DOCUMENT) {
        closers.push("document");
        this.#documents += 1;
        if (this.#documents === 2)
          this.#refuse(
            "several-documents",
            "The file holds more than one document.",
            this.#file.text.length,
            "Remove everything from the second `---` on.",
          );
      } else if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) {
        closers.push("collection");
        this.#open(event);
      } else this.#leaf(event);
    }
    if (this.#root === null && this.#diagnostics.length === 0)
      this.#refuse("empty-file", "The file is empty.", 0, "Write the document.");
    return { root: this.#root, diagnostics: this.#diagnostics };
  }

  #open(event: CollectionEvent): void {
    const parent = this.#frames.at(-1);
    const isKey = parent !== undefined && parent.entries !== null && parent.key === null;
    if (isKey) this.#refuse("key-not-text", "A key must be text.", event.start, "Use a plain word as the key.");
    this.#refuseProperties(event, event.start);
    const isMapping = event.type === EVENT_ID.MAPPING;
    this.#frames.push({
      entries: isMapping ? new Map() : null,
      items: isMapping ? null : [],
      offset: event.start,
      key: null,
      isRefusedKey: isKey,
    });
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    const place = { file: this.#file, offset: frame.offset };
    if (frame.isRefusedKey) this.#takeKey({ kind: "scalar", ...place, value: null, raw: "", isPlain: true });
    else if (frame.entries !== null) this.#take({ kind: "mapping", ...place, entries: frame.entries });
    else this.#take({ kind: "sequence", ...place, items: frame.items ?? [] });
  }

  #leaf(event: Exclude<Event, CollectionEvent | { type: 1 | 6 }>): void {
    const isAlias = event.type === EVENT_ID.ALIAS;
    const offset = isAlias ? event.anchorStart : Math.max(event.valueStart, 0);
    if (isAlias) this.#refuse("alias", "Aliases are not allowed.", offset, "Write the value out where it is used.");
    else this.#refuseProperties(event, offset);
    this.#take(
      isAlias
        ? { kind: "scalar", file: this.#file, offset, value: null, raw: "", isPlain: true }
        : this.#scalar(event, offset),
    );
  }

  #refuseProperties(event: Exclude<Event, { type: 1 | 5 | 6 }>, offset: number): void {
    if (event.anchorStart >= 0)
      this.#refuse(
        "anchor",
        "Anchors are not allowed.",
        event.anchorStart,
        "Remove the `&name` and write the value out where it is used.",
      );
    if (event.tagStart >= 0)
      this.#refuse(
        "tag",
        "Tags are not allowed.",
        Math.min(event.tagStart, offset),
        "Remove the `!tag`; quote the value when it is text.",
      );
  }

  #scalar(event: ScalarEvent, offset: number): YamlScalar {
    const text = getScalarValue(this.#file.text, event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const raw = this.#file.text.slice(offset, Math.max(event.valueEnd, offset));
    return { kind: "scalar", file: this.#file, offset, value: isPlain ? plainValue(text) : text, raw, isPlain };
  }

  #take(node: YamlNode): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) this.#root ??= node;
    else if (frame.items !== null) frame.items.push(node);
    else if (frame.key === null) this.#takeKey(node);
    else this.#takeValue(frame, frame.key, node);
  }

  #takeKey(node: YamlNode): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined || node.kind !== "scalar") return;
    frame.key = { name: typeof node.value === "string" ? node.value : node.raw, offset: node.offset };
  }

  #takeValue(frame: Frame, key: { name: string; offset: number }, value: YamlNode): void {
    if (key.name === "__proto__")
      this.#refuse("forbidden-key", "This key is not allowed.", key.offset, "Use another name.");
    else if (frame.entries?.has(key.name))
      this.#refuse("duplicate-key", "A key stands twice in the same mapping.", key.offset, "Keep one of the two.");
    else frame.entries?.set(key.name, { keyOffset: key.offset, value });
    frame.key = null;
  }

  #path(): string {
    const open = this.#frames.filter((frame) => frame.items !== null || frame.key !== null);
    return formatPath(open.map((frame) => frame.key?.name ?? frame.items?.length ?? 0));
  }

  #refuse(code: string, summary: string, offset: number, fix: string): void {
    if (this.#diagnostics.length >= 50) return;
    const path = this.#path();
    const position = positionAt(this.#file, offset);
    const written = this.#file.text.slice(offset, offset + 40).split("\n", 1)[0] ?? "";
    const detail = `${path === "" ? "The document" : `\`${path}\``} at line ${position.line}${written === "" ? "" : `: ${written.trim()}`}`;
    this.#diagnostics.push({ severity: "error", code, summary, detail, path, fix, position });
  }
}

const words = new Map<string, null | boolean>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
]);

/** Core-schema meaning of unquoted text; numbers that JSON cannot carry stay text. */
function plainValue(text: string): null | boolean | number | string {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.\d]/.test(text) || !/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$|^0x[\da-f]+$|^0o[0-7]+$/i.test(text))
    return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}
