import type { Json } from "@tandem/kernel";
import type { Field } from "./prompt.ts";
import { firstNumber, isNo, isYes, plain, says } from "./spoken-words.ts";

/** Ways to say what a choice is called. Key: a word of the choice; earlier entries win over later ones. */
const SYNONYMS: readonly (readonly [word: string, said: RegExp])[] = [
  [
    "wait",
    /\b(?:not urgent|isn't urgent|not that urgent|no (?:rush|hurry)|can wait|tomorrow|whenever|next (?:week|working day)|not (?:an? )?emergency|any time|no need to hurry)\b/u,
  ],
  [
    "urgent",
    /\b(?:urgent(?:ly)?|emergency|right now|right away|immediately|at once|asap|as soon as possible|cannot wait|can't wait|flood(?:ed|ing)?|burst|locked out|no heat(?:ing)?|smell gas|gas leak|water leak)\b/u,
  ],
  [
    "looking",
    /\b(?:(?:just|only) (?:looking|browsing|curious)|no (?:rush|hurry|plans?)|looking around|some ?day|not (?:sure|decided) (?:when|yet))\b/u,
  ],
  [
    "now",
    /\b(?:now|right away|immediately|asap|as soon as possible|at once|this (?:week|month)|today|tomorrow|next week)\b/u,
  ],
  [
    "months",
    /\b(?:(?:two|three|2|3|a (?:few|couple of)) months|next month|(?:this|next) quarter|(?:few|six|eight|four|couple of) weeks)\b/u,
  ],
  [
    "year",
    /\b(?:(?:this|next|within a|in a|the|a) year|(?:six|nine|twelve|6|9|12) months|half a year|later this year)\b/u,
  ],
  [
    "planned",
    /\b(?:plan(?:ned|ning)?|worked out|working on (?:it|that)|in progress|not (?:yet )?approved|being (?:decided|discussed))\b/u,
  ],
  [
    "approved",
    /\b(?:approved|set aside|signed off|allocated|have (?:a|the) budget|there is (?:a|already a) budget|there's (?:a|already a) budget|we do)\b/u,
  ],
  ["none", /\b(?:no budget|none|nothing (?:yet|set aside)|no money|don't have (?:a|any)|do not have (?:a|any))\b/u],
  ["unknown", /\b(?:rather not|don't know|do not know|not sure|no idea|can't say|cannot say|prefer not)\b/u],
  ["solo", /\b(?:just me|only me|on my own|myself|alone|one person|freelancer?)\b/u],
];

const HEAD_COUNT = /\b(?:people|persons|employees|staff|of us|team|colleagues|workers|heads)\b/u;

/**
 * The choice that the caller's words mean; undefined when they do not tell. Without having been asked only plain hints count: a
 * choice's own words or a synonym, and a number only when it counts people.
 */
export function choiceIn(field: Field, text: string, isAsked: boolean, instruction = ""): string | undefined {
  const said = plain(text);
  return (
    ownWords(field, said, isAsked) ??
    rangeOf(field, text, isAsked || HEAD_COUNT.test(said)) ??
    synonym(field, said, isAsked) ??
    (isAsked ? yesOrNo(field, text) : undefined) ??
    byExamples(field, said, instruction)
  );
}

const wordsOf = (choice: string): readonly string[] => plain(choice.replaceAll(/[-_]/gu, " ")).split(" ");

/** The longest choice whose words were all said, and not denied. Words like `none` are no hint unless asked for. */
function ownWords({ choices }: Field, said: string, isAsked: boolean): string | undefined {
  return choices
    .filter((choice) => !/\d/u.test(choice) && (isAsked || !/^(?:none|unknown|now|year|no|yes|other)$/u.test(choice)))
    .filter(
      (choice) =>
        says(said, wordsOf(choice).join(" ")) &&
        !new RegExp(`\\b(?:not|isn't|no)\\b.{0,12}\\b${wordsOf(choice)[0]}`, "u").test(said),
    )
    .sort((a, b) => b.length - a.length)[0];
}

function synonym({ choices }: Field, said: string, isAsked: boolean): string | undefined {
  for (const [word, pattern] of SYNONYMS) {
    if (!isAsked && (word === "none" || word === "unknown" || word === "planned")) continue;
    const choice = choices.find((each) => wordsOf(each).includes(word));
    if (choice !== undefined && pattern.test(said)) return choice;
  }
  return undefined;
}

/** A count put into `2-10`, `over-250`, `under-5`. */
function rangeOf({ choices }: Field, text: string, counts: boolean): string | undefined {
  const count = counts ? firstNumber(text) : undefined;
  if (count === undefined) return undefined;
  return choices.find((choice) => {
    const [, low, high] = /^(\d+)-(\d+)$/u.exec(choice) ?? [];
    if (low !== undefined) return count >= Number(low) && count <= Number(high);
    const [, side, bound] = /^(over|under|more-than|less-than)-(\d+)$/u.exec(choice) ?? [];
    if (bound !== undefined)
      return side === "over" || side === "more-than" ? count > Number(bound) : count < Number(bound);
    return count === 1 && choice === "solo";
  });
}

/** A yes or no to the description's question: yes is the choice that the description speaks of (or that agrees), no another one. */
function yesOrNo({ choices, description }: Field, text: string): string | undefined {
  const asked = plain(description);
  const isSpokenOf = (choice: string): boolean => wordsOf(choice).every((word) => says(asked, word));
  const agreeing = choices.find(isSpokenOf) ?? choices.find((choice) => /^(?:yes|approved|now|true)$/u.test(choice));
  const refusing =
    choices.find((choice) => /^(?:no|none|false)$/u.test(choice)) ?? choices.find((choice) => choice !== agreeing);
  if (isYes(text)) return agreeing;
  return isNo(text) ? refusing : undefined;
}

/** Examples in the instruction: `Urgent here means: water leaks, no heating, …`. One is met when the caller says its words. */
function byExamples({ choices }: Field, said: string, instruction: string): string | undefined {
  for (const choice of choices) {
    const examples = new RegExp(`\\b${choice}\\b(?: here)? means:? (?<list>[^\\n]+)`, "iu").exec(instruction)?.groups?.[
      "list"
    ];
    const isMet = (examples ?? "")
      .split(/[,.;]| or /u)
      .map((example) =>
        plain(example)
          .split(" ")
          .filter((word) => word.length > 3 && !/^(?:with|that|anything|being|until|cannot)$/u.test(word)),
      )
      .some((words) => words.length > 1 && words.every((word) => says(said, word) || said.includes(word.slice(0, -1))));
    if (isMet) return choice;
  }
  return undefined;
}

/** A yes or no by the description's question; undefined when the words do not tell. */
export function booleanIn({ description }: Field, text: string): boolean | undefined {
  const said = plain(text);
  if (
    isNo(text) ||
    /\b(?:as soon as possible|asap|whenever|not necessary|no need|doesn't matter|don't mind)\b/u.test(said)
  )
    return false;
  if (isYes(text)) return true;
  const isAboutTime = /\b(?:time|date|day|appointment|meeting|call-back)\b/iu.test(description);
  const namesTime =
    /\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today|morning|afternoon|evening|fixed|appointment|book)\b/u;
  if (isAboutTime && namesTime.test(said)) return true;
  return /\b(?:please|would be (?:good|great|nice)|i want|i'd like|i would like)\b/u.test(said) ? true : undefined;
}

/** What a model makes up its own mind about: never asked, and yes when nothing known speaks against it. */
export const isOwnJudgement = ({ type, description }: Field): boolean =>
  type === "boolean" && /\byour own judge?ment\b|\bjudge (?:it )?(?:yourself|silently)\b/iu.test(description);

/** Two things against it are needed to say no: when in doubt, it is a yes. */
export const ownJudgement = (known: Iterable<Json>): boolean =>
  [...known].filter((value) => /^(?:none|looking|no|never|not-interested)$/u.test(String(value))).length < 2;
