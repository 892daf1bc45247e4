import type { Field } from "../manifest/index.ts";

/** Who placed a call: the other party (`inbound`), or we. */
export type CallDirection = "inbound" | "outbound";

/** What the conversation says by itself, in one language. Texts of a playbook are its author's and are in none of these. */
export interface Lines {
  readonly yes: string;
  readonly no: string;
  /** Asked when the words were not understood. */
  readonly sayAgain: string;
  /** Said when a call goes on after it was cut off. */
  readonly cutOff: string;
  /** Said while something takes its time. */
  readonly oneMoment: string;
  /** Asked once after a silence. */
  readonly stillThere: string;
  /** Said before a silent call is ended. */
  silentGoodbye(direction: CallDirection): string;
  goodbye(direction: CallDirection): string;
  /** Why a call that we place is made; null: nothing is known about it. */
  calling(reason: string | null): string;
  /** Asks for a field: its type, its name in words, its choices in words. */
  ask(type: Field["type"], label: string, choices: readonly string[]): string;
  readBack(label: string, spoken: string): string;
  /** Offers times, as they are said; one or two. */
  offer(times: readonly string[]): string;
}

const english: Lines = {
  yes: "yes",
  no: "no",
  sayAgain: "I am sorry, I did not understand that. Could you say it again, please?",
  cutOff: "I am sorry, the line was interrupted for a moment.",
  oneMoment: "One moment, please.",
  stillThere: "Are you still there?",
  silentGoodbye: (direction) =>
    direction === "inbound"
      ? "I cannot hear you, so I will end the call now. Please call again any time. Goodbye."
      : "I cannot hear you, so I will end the call now. You are welcome to call us any time. Goodbye.",
  goodbye: (direction) =>
    direction === "inbound" ? "Thank you for calling. Goodbye." : "Thank you for your time. Goodbye.",
  calling: (reason) =>
    reason === null
      ? "I am calling about the enquiry you sent us. Is this a good moment?"
      : `I am calling about the enquiry you sent us: ${sentence(reason)} Is this a good moment?`,
  ask: (type, label, choices) => {
    switch (type) {
      case "phone-number":
        return `What is the ${label}? Please say it digit by digit, with the area code.`;
      case "email":
        return `What is the ${label}? Please spell it.`;
      case "date":
        return `Which day is it for the ${label}?`;
      case "time":
        return `What time is it for the ${label}?`;
      case "date-time":
        return `Which day and time would suit you?`;
      case "number":
        return `What is the ${label}? A number is enough.`;
      case "boolean":
        return `One question about ${label}: is it yes or no?`;
      case "choice":
        return `What is the ${label}: ${anyOf(choices, "or")}?`;
      case "text":
        return `Could you tell me the ${label}, please?`;
    }
  },
  readBack: (label, spoken) => `For the ${label} I have: ${spoken}. Is that right?`,
  offer: (times) => `I can offer ${anyOf(times, "or")}. Which one suits you?`,
};

const german: Lines = {
  yes: "ja",
  no: "nein",
  sayAgain: "Das habe ich leider nicht verstanden. Können Sie es bitte noch einmal sagen?",
  cutOff: "Entschuldigung, die Leitung war kurz unterbrochen.",
  oneMoment: "Einen Moment, bitte.",
  stillThere: "Sind Sie noch da?",
  silentGoodbye: (direction) =>
    `Ich kann Sie nicht hören und beende das Gespräch jetzt. Rufen Sie ${direction === "inbound" ? "gern wieder" : "uns gern"} an. Auf Wiederhören.`,
  goodbye: (direction) => `Vielen Dank für ${direction === "inbound" ? "Ihren Anruf" : "Ihre Zeit"}. Auf Wiederhören.`,
  calling: (reason) =>
    reason === null
      ? "Ich rufe wegen Ihrer Anfrage an. Passt es gerade?"
      : `Ich rufe wegen Ihrer Anfrage an: ${sentence(reason)} Passt es gerade?`,
  ask: (type, label, choices) => {
    if (type === "choice") return `Eine Frage zu ${label}: ${anyOf(choices, "oder")}?`;
    if (type === "boolean") return `Eine Frage zu ${label}: ja oder nein?`;
    if (type === "date-time") return "Welcher Tag und welche Uhrzeit passen Ihnen?";
    if (type === "phone-number" || type === "email") return `Bitte buchstabieren Sie mir: ${label}.`;
    return `Bitte sagen Sie mir: ${label}.`;
  },
  readBack: (label, spoken) => `Zu ${label} habe ich notiert: ${spoken}. Stimmt das?`,
  offer: (times) => `Ich kann Ihnen ${anyOf(times, "oder")} anbieten. Was passt Ihnen?`,
};

const languages: Readonly<Record<string, Lines>> = { en: english, de: german };

/** The lines of a BCP 47 language; English where there are none. */
export const linesFor = (language: string): Lines => languages[language.slice(0, 2).toLowerCase()] ?? english;

const sentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

function anyOf(items: readonly string[], or: string): string {
  const last = items.at(-1);
  return last === undefined || items.length < 2 ? (last ?? "") : `${items.slice(0, -1).join(", ")} ${or} ${last}`;
}
