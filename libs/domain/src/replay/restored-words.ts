import type { JsonObject } from "@tandem/kernel";

const names = [
  "Alex Carter",
  "Robin Hayes",
  "Sam Whitfield",
  "Jamie Ellison",
  "Casey Morton",
  "Taylor Brandt",
  "Morgan Leary",
  "Dana Kessler",
  "Jordan Avery",
  "Riley Quinlan",
  "Quinn Sommer",
  "Avery Lindholm",
] as const;
const marks = /\[(card|phone|email|name|personal)\]/g;
const digitNames = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** Values that stand for what redaction took out of one session: nobody's, and the same whenever the session is replayed. */
export interface StandIns {
  readonly name: string;
  /** E.164, of the range that is reserved for fiction. */
  readonly phone: string;
  readonly email: string;
  readonly card: string;
}

/** The stand-ins of a session, made from its id. */
export function standInsOf(sessionId: string): StandIns {
  const seed = seedOf(sessionId);
  const name = names[seed % names.length] ?? names[0];
  return {
    name,
    phone: `+155501001${String(seed % 100).padStart(2, "0")}`,
    email: `${name.toLowerCase().replace(" ", ".")}@example.com`,
    card: "4242 4242 4242 4242",
  };
}

/** A redacted text with stand-ins in place of its marks, phone numbers as people say them. */
export const restoredText = (text: string, standIns: StandIns): string =>
  text.replaceAll(marks, (_, kind: keyof StandIns | "personal") => {
    if (kind === "phone") return spokenDigits(standIns.phone);
    return kind === "personal" ? standIns.name : standIns[kind];
  });

/** What a tool answered, with stand-ins in place of marks in its texts. */
export const restoredReply = (reply: JsonObject, standIns: StandIns): JsonObject =>
  JSON.parse(
    JSON.stringify(reply, (_, value: unknown) => (typeof value === "string" ? restoredText(value, standIns) : value)),
  ) as JsonObject;

const spokenDigits = (phone: string): string =>
  Array.from(phone.replace(/^\+1/, ""), (digit) => digitNames[Number(digit)] ?? "").join(" ");

/** FNV-1a, 32 bit. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const sign of text) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
