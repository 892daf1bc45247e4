// What a file or a project may be, apart from its imports.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isTest } from "./import-rules.mjs";
import {
  BANNED_WORDS,
  EMPTY_FILES,
  EMPTY_NAMES,
  IMPURE_GLOBALS,
  IMPURE_MEMBERS,
  MOST_LINES,
  VENDOR_DOORS,
  VENDOR_FILES,
  WORD_EXCEPTIONS,
} from "./layers.mjs";

const BANNED = new Map(
  Object.entries(BANNED_WORDS).flatMap(([word, instead]) => {
    const capital = word[0].toUpperCase() + word.slice(1);
    return [word, `${word}s`, capital, `${capital}s`].map((form) => [form, { word, instead }]);
  }),
);

/** Messages about the content of one source file, each with its line. */
export function checkSource(project, file, source) {
  const messages = source.errors.map((text) => ({ line: 1, text: `cannot be parsed: ${text}` }));
  if (source.lines > MOST_LINES)
    messages.push({ line: MOST_LINES, text: `${source.lines} lines, ${MOST_LINES} at most; split it by noun` });
  if (project.layer === "domain" && !isTest(file)) {
    const impure = source.globals.filter(({ name }) => IMPURE_GLOBALS.includes(name) || IMPURE_MEMBERS.includes(name));
    for (const { name, line } of impure)
      messages.push({ line, text: `${name} makes the domain impure; take it as an argument` });
  }
  if (project.layer !== "config" && !isTest(file)) {
    const readers = source.globals.filter(({ name }) => name === "process.env");
    for (const { line } of readers) messages.push({ line, text: "only libs/config reads process.env" });
  }
  if (project.layer !== "adapter") {
    for (const { name, line } of source.identifiers) {
      const banned = BANNED.get(name);
      if (!banned || WORD_EXCEPTIONS[banned.word]?.includes(project.layer)) continue;
      messages.push({ line, text: `the glossary says ${banned.instead}, not ${name}` });
    }
  }
  return messages;
}

/** Messages about a path inside a project. */
export function checkName(path) {
  const parts = path.split("/");
  const stems = parts.map((part) => part.replace(/(\.test)?\.[a-z]+$/, ""));
  const messages = stems
    .filter((stem) => EMPTY_NAMES.includes(stem))
    .map((stem) => `"${stem}" says nothing; name it after what it holds`);
  if (EMPTY_FILES.includes(parts.at(-1)))
    messages.push(`${parts.at(-1)} gathers unrelated things; put them beside what they belong to`);
  return messages;
}

/** Messages about a vendor's folder: every vendor has the same files. */
export const checkVendorFolder = (root, project) =>
  project.layer === "adapter"
    ? [
        ...VENDOR_FILES.filter((file) => !has(root, project, file)).map((file) => `every vendor folder has ${file}`),
        ...(VENDOR_DOORS.some((file) => has(root, project, file))
          ? []
          : [`every vendor folder has one of ${VENDOR_DOORS.join(", ")}`]),
      ]
    : [];

const has = (root, project, file) => existsSync(join(root, project.folder, file));

/** The projects of one import cycle in order, or undefined. */
export function findCycle(edges) {
  const done = new Set();
  const search = (name, trail) => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of edges.get(name) ?? []) {
      const cycle = search(next, [...trail, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of edges.keys()) {
    const cycle = search(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}
