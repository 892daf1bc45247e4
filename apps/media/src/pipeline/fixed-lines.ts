import type { ReleaseBundle } from "@tandem/domain/release";

interface Sentences {
  readonly trouble: string;
  readonly timeLimit: string;
  readonly filler: string;
}

const english: Sentences = {
  trouble: "I am sorry, I have technical trouble.",
  timeLimit: "I am sorry, I have to end this call now. Goodbye.",
  filler: "One moment, please.",
};

const byLanguage: Readonly<Record<string, Sentences>> = {
  en: english,
  de: {
    trouble: "Es tut mir leid, ich habe technische Schwierigkeiten.",
    timeLimit: "Es tut mir leid, ich muss das Gespräch jetzt beenden. Auf Wiederhören.",
    filler: "Einen Moment, bitte.",
  },
  es: {
    trouble: "Lo siento, tengo problemas técnicos.",
    timeLimit: "Lo siento, tengo que terminar la llamada ahora. Adiós.",
    filler: "Un momento, por favor.",
  },
  fr: {
    trouble: "Je suis désolé, j'ai un problème technique.",
    timeLimit: "Je suis désolé, je dois mettre fin à l'appel. Au revoir.",
    filler: "Un instant, s'il vous plaît.",
  },
};

const sentencesOf = (bundle: ReleaseBundle): Sentences =>
  byLanguage[bundle.agent.language.slice(0, 2).toLowerCase()] ?? english;

/** What is said when no provider is left: then a person is connected. */
export const failureLine = (bundle: ReleaseBundle): string =>
  `${sentencesOf(bundle).trouble} ${bundle.humanPath.message}`;

/** What is said when a call has lasted as long as it may. */
export const timeLimitLine = (bundle: ReleaseBundle): string => sentencesOf(bundle).timeLimit;

/** What is said when an answer is late and no tool brings its own words. */
export const fillerLine = (bundle: ReleaseBundle): string => sentencesOf(bundle).filler;

/** Everything that is rendered before it is needed, the most needed first. */
export function fixedLines(bundle: ReleaseBundle): readonly string[] {
  const { policies, conversation, emergency, humanPath, tools, outbound } = bundle;
  const lines = [
    failureLine(bundle),
    emergency.message,
    policies.disclosure.text,
    outbound?.disclosure.text ?? "",
    policies.consent.recording === "none" ? "" : policies.consent.text,
    fillerLine(bundle),
    ...tools.map(({ acknowledgement }) => acknowledgement),
    humanPath.message,
    conversation.greeting,
    outbound?.opening ?? "",
    timeLimitLine(bundle),
  ];
  return [...new Set(lines)].filter((line) => line !== "" && !line.includes("{{"));
}
