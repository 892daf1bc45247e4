import { callingCodeOf, type Fact, readAnswer } from "../conversation/index.ts";
import { wallClock } from "../manifest/index.ts";
import type { ReleaseBundle } from "../release/index.ts";
import type { OutboundWish } from "./outbound-call.ts";

/** What the conversation knows from the start, or what of the lead it cannot take. */
export interface LeadReading {
  readonly facts: readonly Fact[];
  readonly problems: readonly { readonly name: string; readonly message: string }[];
}

/** A lead as facts of the conversation, none of them confirmed. The number that is called is the lead's `phone` unless it tells another. */
export function readLead(
  bundle: ReleaseBundle,
  { to, lead }: Pick<OutboundWish, "to" | "lead">,
  nowMs: number,
): LeadReading {
  const { outbound, conversation, answer } = bundle;
  const today = new Date(wallClock(answer.schedule.timeZone, nowMs)).toISOString().slice(0, 10);
  const context = { callingCode: callingCodeOf(to), from: to, today, offers: null };
  const fieldOf = outbound?.lead ?? {};
  const told = { ...(Object.hasOwn(fieldOf, "phone") ? { phone: to } : {}), ...lead };
  const facts: Fact[] = [];
  const problems: { name: string; message: string }[] = [];
  for (const [name, value] of Object.entries(told)) {
    const field = conversation.fields.find((each) => Object.hasOwn(fieldOf, name) && each.name === fieldOf[name]);
    const reading = field === undefined ? { problem: unknownMember(fieldOf) } : readAnswer(field, value, context);
    if ("problem" in reading) problems.push({ name, message: reading.problem });
    else if (field !== undefined) facts.push({ field: field.name, value: reading.value, isConfirmed: false });
  }
  return { facts, problems };
}

const unknownMember = (fieldOf: Readonly<Record<string, string>>): string =>
  `is nothing the playbook knows of a lead; it knows ${Object.keys(fieldOf).join(", ") || "nothing"}`;
