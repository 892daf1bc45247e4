import { linesFor } from "@tandem/domain/conversation";
import type { CallerStep, ProviderKind } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import { callerSteps, forbiddenWrites, isConversation, skippedFor, type WritePolicy } from "./playbook-calls.ts";
import type { CallPlan, PlannedCall, SkippedCall } from "./planned-call.ts";

const GREETING_WITHIN_MS = 30_000;
const ANSWER_WITHIN_MS = 25_000;
/** A caller cuts in within a second, or not at all. */
const STOPS_WITHIN_MS = 1000;
const MOST_STOPS_MS = 5000;
const REMINDER_WITHIN_MS = 6000;
/** Longest reminder that is waited for. */
const MOST_PATIENCE_MS = 120_000;
/** A tool of a call with `slow-tool` takes 2.5 s and its own time. */
const SLOW_TOOL_MS = 2000;
const NOISE_DB = -15;

/** How a call of this release begins: the greeting is heard, and something is said that the release answers. */
interface Opening {
  readonly greeting: readonly CallerStep[];
  readonly says: string;
}

/**
 * What every release of ours must stand beside its playbook's own conversations: an interruption, a slow tool, the outage of the first
 * provider of each kind, a silent caller, noise. `slackMs` is what the testing machine may add to each wait. Agents whose voice is their vendor's are tried as far as text goes.
 */
export function standardCalls(bundle: ReleaseBundle, connections: WritePolicy, slackMs: number): CallPlan {
  const opening = openingOf(bundle);
  const isSpoken = bundle.agent.kind === "tandem";
  const slow = slowTool(bundle, connections);
  const silence = silentCaller(bundle, opening, slackMs);
  const kinds: readonly ProviderKind[] = isSpoken ? ["stt", "llm", "tts"] : ["llm"];
  const calls = [
    interruption(bundle, opening, slackMs),
    ...kinds.map((kind) => outage(bundle, opening, kind)),
    ...(isSpoken ? [noise(opening)] : []),
  ];
  const optional = [slow, silence].filter((each) => each !== null);
  return {
    calls: [...calls, ...optional.filter(isPlanned)],
    skipped: optional.filter((each): each is SkippedCall => !isPlanned(each)),
  };
}

const isPlanned = (call: PlannedCall | SkippedCall): call is PlannedCall => "steps" in call;

function openingOf(bundle: ReleaseBundle): Opening {
  const conversations = bundle.smoke.filter(isConversation).map(callerSteps);
  // The one with most to say begins like any other; short ones ask for a person, which needs no model.
  const longest = conversations.toSorted((one, other) => other.length - one.length).find((steps) => steps.some(isSay));
  const at = longest?.findIndex(isSay) ?? -1;
  const said = longest?.[at];
  if (longest !== undefined && said?.do === "say" && at > 0) return { greeting: longest.slice(0, at), says: said.text };
  const { greeting } = bundle.conversation;
  const says = linesFor(bundle.agent.language).yes;
  return { greeting: [{ do: "hear", anyOf: [greeting], withinMs: GREETING_WITHIN_MS }], says };
}

const isSay = (step: CallerStep): boolean => step.do === "say";
const listen: CallerStep = { do: "listen", withinMs: ANSWER_WITHIN_MS };

const standard = (call: Pick<PlannedCall, "name" | "steps"> & Partial<PlannedCall>): PlannedCall => ({
  origin: "standard",
  faults: [],
  isSilent: false,
  also: () => [],
  ...call,
});

/** The caller talks over the greeting: the agent falls silent, and what it did not say is not taken for said. */
const interruption = (bundle: ReleaseBundle, { says }: Opening, slackMs: number): PlannedCall =>
  standard({
    name: "The caller interrupts the greeting",
    steps: [
      {
        do: "interrupt",
        atWord: firstOwnWords(bundle),
        text: says,
        stopsWithinMs: Math.min(STOPS_WITHIN_MS + slackMs, MOST_STOPS_MS),
      },
      listen,
    ],
    also: ({ trace, level }) => {
      const opening = trace?.turns.find(({ turn }) => turn === 0);
      if (level === "text") return [];
      if (opening?.wasInterrupted !== true) return ["the greeting was not cut off by the interruption"];
      return lettersOf(opening.agentText).endsWith(lettersOf(bundle.conversation.greeting))
        ? ["the transcript holds words of the greeting that the caller did not hear"]
        : [];
    },
  });

const lettersOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

/** The beginning of the greeting, as many words as it takes to be told from what cannot be interrupted before it. */
function firstOwnWords({ conversation, policies }: ReleaseBundle): string {
  const before = ` ${wordsOf(`${policies.disclosure.text} ${policies.consent.text}`).join(" ")} `;
  const words = wordsOf(conversation.greeting);
  const count = words.findIndex((_, index) => !before.includes(` ${words.slice(0, index + 1).join(" ")} `));
  return words.slice(0, Math.max(1, count + 1)).join(" ");
}

const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s]/gu, "")
    .split(/\s+/)
    .filter((word) => word !== "");

/** The chain's first provider is away: the turn is answered all the same, by another one. */
const outage = (bundle: ReleaseBundle, { greeting, says }: Opening, kind: ProviderKind): PlannedCall =>
  standard({
    name: `The first ${kind.toUpperCase()} provider is away`,
    faults: [`${kind}-outage`],
    steps: [...greeting, { do: "say", text: says }, listen],
    also: ({ trace }) => {
      const answered = trace?.turns.filter(({ turn, agentText }) => turn > 0 && agentText !== "") ?? [];
      if (answered.length === 0) return ["no turn was answered during the outage"];
      const first = bundle.providers[kind][0]?.provider;
      const wasElsewhere = trace?.turns.some(
        ({ retries, providers }) => retries > 0 || (providers[kind] !== null && providers[kind] !== first),
      );
      return wasElsewhere === true ? [] : ["no other provider took over"];
    },
  });

const noise = ({ greeting, says }: Opening): PlannedCall =>
  standard({
    name: `The caller speaks under noise of ${NOISE_DB} dB`,
    steps: [{ do: "noise", level: NOISE_DB }, ...greeting, { do: "say", text: says }, listen],
    also: ({ trace }) => {
      const understood = trace?.turns.map(({ callerText }) => lettersOf(callerText)).join("") ?? "";
      const words = wordsOf(says);
      const share = words.filter((word) => understood.includes(word)).length / Math.max(1, words.length);
      return share >= 0.5
        ? []
        : [`of what the caller said under noise only ${Math.round(share * 100)} % was understood`];
    },
  });

/** The playbook's way to its first tool, which takes two seconds: bridged by a sentence, never by silence. */
function slowTool(bundle: ReleaseBundle, connections: WritePolicy): PlannedCall | SkippedCall | null {
  const name = "A tool takes more than two seconds";
  const ways = bundle.smoke
    .filter(isConversation)
    .map(callerSteps)
    .flatMap((steps) => {
      const at = steps.findIndex((step) => step.do === "expect-tool" && step.outcome === "success");
      return at < 0 ? [] : [steps.slice(0, at + 1)];
    })
    .toSorted((one, other) => one.length - other.length);
  const allowed = ways.find((steps) => forbiddenWrites(bundle, connections, steps).length === 0);
  if (allowed !== undefined)
    return standard({
      name,
      faults: ["slow-tool"],
      steps: [...allowed, listen],
      also: ({ trace }) =>
        trace?.tools.some(({ durationMs }) => durationMs >= SLOW_TOOL_MS) === true ? [] : ["no tool was slow"],
    });
  const [first] = ways;
  return first === undefined
    ? null
    : skippedFor({ name, origin: "standard" }, forbiddenWrites(bundle, connections, first));
}

/** Nobody says anything: the caller is asked whether they are there, in the time that the playbook gives. */
function silentCaller(bundle: ReleaseBundle, { greeting }: Opening, slackMs: number): PlannedCall | SkippedCall {
  const name = "The caller is silent";
  const { inactivitySeconds } = bundle.conversation.limits;
  const patienceMs = inactivitySeconds * 1000 + REMINDER_WITHIN_MS + slackMs;
  const { stillThere } = linesFor(bundle.agent.language);
  if (patienceMs > MOST_PATIENCE_MS)
    return {
      name,
      origin: "standard",
      reduced: `not held: it is reminded after ${inactivitySeconds} s`,
      skippedWrites: 0,
    };
  const waits: readonly CallerStep[] = bundle.agent.kind === "tandem" ? [] : [{ do: "be-silent", forMs: 1000 }];
  return standard({
    name,
    isSilent: true,
    steps: [...greeting, ...waits, { do: "hear", anyOf: [stillThere], withinMs: patienceMs }],
  });
}
