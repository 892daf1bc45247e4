import type { CarrierDocuments, DialTarget } from "@tandem/ports/inbound";
import { readInstruction } from "./carrier-instruction.ts";
import { withOverrides } from "./signature.ts";

/** Voice used for spoken text. */
const VOICE = "Polly.Joanna-Neural";

type Attributes = Readonly<Record<string, string | number | boolean | null>>;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text fit for XML: markup escaped, characters that XML 1.0 forbids left out. */
const escape = (text: string): string =>
  Array.from(text)
    .filter((character) => isLegal(character.codePointAt(0) ?? 0))
    .map((character) => ESCAPES[character] ?? character)
    .join("");

const isLegal = (code: number): boolean =>
  code >= 0x20 ? !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff : [9, 10, 13].includes(code);

function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([attribute, value]) => ` ${attribute}="${escape(String(value))}"`)
    .join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

const response = (...verbs: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs.join("")}</Response>`;

const say = (text: string | null): string => (text === null ? "" : element("Say", { voice: VOICE }, escape(text)));

function leg(target: DialTarget): string {
  if ("sipUri" in target) return element("Sip", {}, escape(target.sipUri));
  const { number, whisperUrl } = target;
  const whisper = whisperUrl === undefined ? {} : { url: withOverrides(whisperUrl), method: "POST" };
  return element("Number", whisper, escape(number));
}

/** A media stream to connect a call to. Twilio drops a query string of `url`, so what the receiver must know goes into `parameters`. */
export interface StreamDocument {
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Asked for what to do when the stream has ended. */
  readonly actionUrl: string;
}

/** Twilio's carrier documents (TwiML), pure. Action URLs get our connection overrides (ruling 34). */
export const carrierDocuments: CarrierDocuments & {
  connectStream(document: StreamDocument): string;
  /** Refuses a call before it is answered: no charge, the caller hears `busy` or that the number is not in service. */
  reject(document: { readonly reason: "busy" | "rejected" }): string;
} = {
  contentType: "text/xml",
  dial: ({ say: text, targets, actionUrl, ringSeconds, maxSeconds, callerId }) =>
    response(
      say(text),
      element(
        "Dial",
        {
          action: withOverrides(actionUrl),
          method: "POST",
          timeout: ringSeconds,
          timeLimit: maxSeconds,
          answerOnBridge: true,
          callerId,
        },
        targets.map(leg).join(""),
      ),
    ),
  redirect: ({ url, method }) => response(element("Redirect", { method }, escape(url))),
  hangUp: ({ say: text }) => response(say(text), element("Hangup", {})),
  whisper: ({ say: text }) => response(say(text)),
  connectStream: ({ url, parameters, actionUrl }) =>
    response(
      element(
        "Connect",
        { action: withOverrides(actionUrl), method: "POST" },
        element(
          "Stream",
          { url },
          Object.entries(parameters)
            .map(([name, value]) => element("Parameter", { name, value }))
            .join(""),
        ),
      ),
    ),
  reject: ({ reason }) => response(element("Reject", { reason })),
  read: readInstruction,
};
