import type { Json } from "@tandem/kernel";

const PLAYBOOKS = 170;
const STEPS = 20;

interface Step {
  id: string;
  kind: string;
  instruction: string;
  timeoutMs: number;
  retries: number;
  voice: { model: string; speed: number; stability: number };
  collect: string[];
  next: { when: string; to: string };
}

interface Playbook {
  id: string;
  title: string;
  version: string;
  language: string;
  schedule: { timeZone: string; open: string; close: string };
  steps: Step[];
}

export interface Tree {
  schema: number;
  playbooks: Playbook[];
}

const PHRASES = [
  "greet the caller warmly and say who is speaking",
  "ask for the reason of the call and listen to the whole answer",
  "offer the next free appointment and confirm day and time",
  "read the number back digit by digit and wait for a yes",
];

const step = (playbook: number, index: number): Step => ({
  id: `step-${playbook}-${index}`,
  kind: index % 4 === 0 ? "say" : "collect",
  instruction: `Step ${index}: ${PHRASES[(playbook + index) % PHRASES.length]}`,
  timeoutMs: 4000 + index,
  retries: index % 3,
  voice: { model: "aura-2", speed: 1, stability: 0.5 },
  collect: ["name", "phone", `field_${index}`],
  next: { when: "always", to: `step-${playbook}-${index + 1}` },
});

const playbook = (index: number): Playbook => ({
  id: `playbook-${index}`,
  title: `Playbook ${index}`,
  version: `1.${index}.0`,
  language: "en-US",
  schedule: { timeZone: "America/New_York", open: "09:00", close: "17:30" },
  steps: Array.from({ length: STEPS }, (_, position) => step(index, position)),
});

/** A configuration of 170 playbooks with 20 steps each, 1 MB as JSON. */
export const tree = (): Tree => ({
  schema: 1,
  playbooks: Array.from({ length: PLAYBOOKS }, (_, index) => playbook(index)),
});

/** `count` steps, evenly spread, with one value changed in each. */
function edited(count: number): Tree {
  const next = tree();
  const steps = next.playbooks.flatMap((one) => one.steps);
  for (let nth = 0; nth < count; nth++) {
    const target = steps[Math.floor((nth * steps.length) / count)]!;
    if (nth % 2 === 0) target.timeoutMs += 500;
    else target.instruction += ", then pause";
  }
  return next;
}

/** Items put in front and taken from the front: every later index shifts, three things changed. */
function shifted(): Tree {
  const next = tree();
  next.playbooks.unshift({ ...playbook(PLAYBOOKS), steps: [] });
  next.playbooks[51]!.steps.unshift(step(999, 0));
  next.playbooks[101]!.steps.shift();
  return next;
}

/** Two steps of every tenth playbook exchanged: nothing else differs. */
function reordered(): Tree {
  const next = tree();
  for (let index = 0; index < PLAYBOOKS; index += 10)
    next.playbooks[index]!.steps.push(...next.playbooks[index]!.steps.splice(3, 1));
  return next;
}

/** Trees that differ in a known number of things. */
export interface Case {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
  readonly differences: number;
}

const after: Readonly<Record<string, () => readonly [tree: Tree, differences: number]>> = {
  same: () => [tree(), 0],
  few: () => [edited(12), 12],
  many: () => [edited(1245), 1245],
  shifted: () => [shifted(), 3],
  reordered: () => [reordered(), PLAYBOOKS / 10],
};

export const caseNames: readonly string[] = Object.keys(after);

/** One case by name, made anew. */
export function caseOf(name: string): Case {
  const made = after[name]?.();
  if (made === undefined) throw new Error(`no case ${name}`);
  return { name, before: tree() as unknown as Json, after: made[0] as unknown as Json, differences: made[1] };
}
