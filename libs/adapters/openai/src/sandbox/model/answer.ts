import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { ChatRequest, ChatTool } from "../chat-request.ts";
import type { Answer } from "../script.ts";
import { dayIn, dayMs, dayText } from "./day.ts";
import { readDialogue, standingBooking, type ToolResult } from "./dialogue.ts";
import { type Field, readPrompt } from "./prompt.ts";
import { isCompany, isPersonName, labelOf, questionFor, readBack, spokenValue } from "./question.ts";
import { MOST_OFFERED, namesDayOrTime } from "./slot.ts";
import { afterYesOrNo, ascii, isEmptyTalk, isNo, isYes, plain } from "./spoken-words.ts";
import { argumentsFor, factsOf, purposeOf, RECORD, type ToolPurpose } from "./tool-use.ts";
import { type Scene, sceneOf, understand, type Understanding } from "./understanding.ts";

interface Call {
  readonly name: string;
  readonly arguments: JsonObject;
}

interface Plan {
  readonly say: string;
  readonly calls: readonly Call[];
}

/** What a competent model answers: it reads the system message and the conversation, and nothing else. Deterministic. */
export function answerOf(request: ChatRequest): Answer {
  const system = request.messages.find(({ role }) => role === "system")?.text ?? "";
  const scene = sceneOf(readPrompt(system), readDialogue(request.messages), request.tools);
  const { say, calls } = plan(scene);
  const isSilent = say === "" && calls.length === 0;
  return {
    say: ascii(isSilent ? "Is there anything else I can do for you?" : say),
    toolCalls: calls.map((call) => ({ name: call.name, arguments: JSON.stringify(call.arguments) })),
  };
}

function plan(scene: Scene): Plan {
  const { dialogue, prompt } = scene;
  if (!dialogue.isNewTurn) return afterResults(scene);
  const handOver = transfer(scene);
  if (handOver !== null) return handOver;
  if (prompt.step === null)
    return { say: dialogue.callerText === "" ? "How can I help you?" : "I understand.", calls: [] };
  const cancelling = cancelBooking(scene);
  if (cancelling !== null) return cancelling;
  const understanding = understand(scene, true);
  return otherTime(scene, understanding) ?? respond(scene, understanding, "");
}

const DANGER =
  /\b(?:in danger|on fire|there(?:'s| is) (?:a )?fire|smell gas|hurt|injured|ambulance|bleeding|unconscious|not breathing|can't breathe|chest pain|heart attack)\b/u;
const WANTS_PERSON =
  /\b(?:(?:speak|talk) (?:to|with)|connect me|transfer me|put me through|get me|pass me|give me|want)\b.{0,30}\b(?:person|human|someone|somebody|operator|agent|representative|staff|manager|colleague|real)\b|\b(?:real|actual|live) (?:person|human)\b|^(?:operator|representative|agent|human|a person)(?: please)?$/u;
const OFFER_PERSON = "Shall I connect you to a person?";

function transfer(scene: Scene): Plan | null {
  const { dialogue } = scene;
  const said = plain(dialogue.callerText);
  const wasOffered = dialogue.agentText.includes(OFFER_PERSON) && isYes(dialogue.callerText);
  const destination = DANGER.test(said) ? "emergency" : WANTS_PERSON.test(said) || wasOffered ? "human" : null;
  const tool = toolFor(scene, "transfer");
  if (destination === null || tool === undefined) return null;
  const reason = destination === "emergency" ? "The caller is in danger." : "The caller asks for a person.";
  const call = callOf(
    tool,
    scene,
    new Map<string, Json>([
      ["destination", destination],
      ["reason", reason],
    ]),
  );
  return call === null ? null : { say: "", calls: [call] };
}

function cancelBooking(scene: Scene): Plan | null {
  const wantsTo = /\b(?:cancel|call (?:it|that) off|changed? my mind|take (?:it|that) out)\b/u.test(
    plain(scene.dialogue.callerText),
  );
  const tool = toolFor(scene, "cancel");
  if (!wantsTo || tool === undefined || standingBooking(scene.dialogue.results) === null) return null;
  const call = callOf(tool, scene, new Map());
  return call === null ? null : { say: "", calls: [call] };
}

const toolFor = ({ tools }: Scene, purpose: ToolPurpose): ChatTool | undefined =>
  tools.find((tool) => purposeOf(tool) === purpose);

function callOf(tool: ChatTool, { prompt, dialogue }: Scene, values: ReadonlyMap<string, Json>): Call | null {
  const filled = argumentsFor(tool, factsOf(prompt, dialogue, values));
  return filled === null ? null : { name: tool.name, arguments: filled };
}

/** The caller wants none of the offered times: another day is looked up, or asked for. Null when that is not so. */
function otherTime(scene: Scene, understanding: Understanding): Plan | null {
  const { prompt, dialogue, slots } = scene;
  const text = dialogue.callerText;
  const isOpen = slots.length > 0 && prompt.wanted.some(({ type }) => type === "date-time");
  if (!isOpen || understanding.pending !== null || understanding.recorded.size > 0) return null;
  const wanted = dayIn(text, prompt.call.get("localDate") ?? "");
  const wantsOther =
    /\b(?:neither|none of|another|other|different|something else|not (?:good|possible)|don't (?:suit|work)|doesn't (?:suit|work)|later)\b/u.test(
      plain(text),
    );
  const tool = toolFor(scene, "find");
  if (tool !== undefined && (wanted !== undefined || wantsOther)) {
    const from = wanted ?? dayAfter(slots.at(-1)?.start ?? "");
    const call = callOf(tool, scene, new Map([["from", from]]));
    if (call !== null) return { say: "", calls: [call] };
  }
  if (isNo(text) && (afterYesOrNo(text) === "" || isEmptyTalk(afterYesOrNo(text))))
    return { say: "Which day would suit you better?", calls: [] };
  const reply =
    namesDayOrTime(text) || wantsOther ? "I am sorry, that time is not free." : "Sorry, I did not get that.";
  return { say: `${reply} ${offer(scene)}`, calls: [] };
}

const DAY_MS = 24 * 60 * 60 * 1000;
const dayAfter = (start: string): string => dayText(dayMs(start.slice(0, 10)) + DAY_MS);

function offer({ slots }: Scene): string {
  const spoken = slots.slice(0, MOST_OFFERED).map((slot) => slot.spoken);
  return spoken.length === 1
    ? `I have ${spoken[0]}. Does that suit you?`
    : `I have ${spoken.join(", or ")}. Which one suits you?`;
}

/** Tool results came back, or the conversation is at its very begin. */
function afterResults(scene: Scene): Plan {
  const { dialogue } = scene;
  const remark = dialogue.latestResults
    .map((result) => remarkOn(scene, result))
    .filter((each) => each !== "")
    .join(" ");
  const records = dialogue.freshResults.filter(({ tool }) => tool === RECORD);
  const isUnread = records.length > 0 && records.every(({ reply }) => !isNonEmpty(reply["accepted"]));
  const understanding = understand(scene, isUnread);
  const open = scene.prompt.wanted.find(
    (field) => wasRejected(records, field) && !understanding.recorded.has(field.name),
  );
  if (open !== undefined && understanding.pending === null)
    return {
      say: `Sorry, I did not get the ${labelOf(open.name)}. ${questionFor(open, scene.prompt, true)}`,
      calls: recordCall(scene, understanding),
    };
  return respond(scene, understanding, remark);
}

const isNonEmpty = (value: Json | undefined): boolean => Array.isArray(value) && value.length > 0;

const wasRejected = (records: readonly ToolResult[], field: Field): boolean =>
  records.some(
    ({ reply }) =>
      Array.isArray(reply["rejected"]) &&
      reply["rejected"].some((each: Json) => isJsonObject(each) && each["field"] === field.name),
  );

/** What is said of a tool's result. That something was kept, or could not be, is not talked about. */
function remarkOn(scene: Scene, { tool, outcome, arguments: given }: ToolResult): string {
  if (/cancel/u.test(tool)) return outcome === "success" ? "It is cancelled." : "I am sorry, I could not cancel it.";
  if (given?.["start"] !== undefined) {
    const booking = standingBooking(scene.dialogue.results);
    return outcome === "success" && booking !== null
      ? `It is booked: ${booking.spoken}.`
      : "I am sorry, that time could not be booked.";
  }
  if (given?.["destination"] !== undefined)
    return outcome === "success" ? "" : "I am sorry, I cannot connect you right now.";
  if (!/find|search|slots|free/u.test(tool) || outcome === "success") return "";
  return outcome === "empty"
    ? "I am sorry, there is no free time then."
    : "I am sorry, I cannot see the calendar right now.";
}

function recordCall({ tools }: Scene, { recorded }: Understanding): Call[] {
  const isAble = recorded.size > 0 && tools.some(({ name }) => name === RECORD);
  return isAble ? [{ name: RECORD, arguments: Object.fromEntries(recorded) }] : [];
}

/** The next thing to say and do once it is clear what the caller has told. */
function respond(scene: Scene, understanding: Understanding, remark: string): Plan {
  const { prompt, dialogue, slots } = scene;
  const { recorded, pending, refused } = understanding;
  const records = recordCall(scene, understanding);
  const thanks = joined(remark, acknowledgement(scene, understanding));
  if (pending !== null) {
    const spoken = spokenValue(pending.field.type, pending.value, slots);
    return { say: joined(thanks, readBack(pending.field.name, spoken)), calls: records };
  }
  if (refused !== null) return { say: joined("All right.", questionFor(refused, prompt, true)), calls: records };
  const missing = prompt.wanted.filter(({ name, isNeeded }) => isNeeded && !recorded.has(name));
  const next = missing[0];
  if (next !== undefined) {
    const isMissed = dialogue.isNewTurn && recorded.size === 0 && !isEmptyTalk(dialogue.callerText);
    if (isMissed && hasMissedTwice(scene)) return { say: `Sorry, I did not get that. ${OFFER_PERSON}`, calls: [] };
    return { say: joined(isMissed ? "Sorry, I did not get that." : thanks, questionFor(next, prompt)), calls: records };
  }
  const domain = domainCalls(scene, understanding);
  if (domain.length > 0) return { say: remark, calls: [...records, ...domain] };
  if (slots.length > 0 && prompt.wanted.some(({ name, type }) => type === "date-time" && !recorded.has(name)))
    return { say: joined(thanks, offer(scene)), calls: records };
  const hangUp = toolFor(scene, "hang-up");
  if (hangUp !== undefined)
    return { say: joined(remark, farewell(scene)), calls: [...records, { name: hangUp.name, arguments: {} }] };
  return { say: thanks, calls: records };
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join(" ");

/** Two turns in a row that gave nothing. */
const hasMissedTwice = ({ dialogue }: Scene): boolean =>
  dialogue.exchanges.length > 2 &&
  dialogue.exchanges.slice(-2).every(({ agentText }) => agentText.includes("did not get that"));

/** The step's tools, in order, whose arguments are known and that have not been used for this yet. */
function domainCalls(scene: Scene, { recorded }: Understanding): Call[] {
  const { dialogue, tools, slots } = scene;
  const hasDeclined = [...recorded].some(([name, value]) => value === false && !isJudgementNamed(scene, name));
  if (hasDeclined) return [];
  const isBooking = toolFor(scene, "book") !== undefined;
  return tools.flatMap((tool) => {
    const purpose = purposeOf(tool);
    const wasTried = dialogue.freshResults.some((result) => result.tool === tool.name);
    const isDone = dialogue.results.some((result) => result.tool === tool.name && result.outcome === "success");
    if (purpose === "find" ? wasTried || (isBooking && slots.length > 0) : wasTried || isDone) return [];
    if (purpose !== "find" && purpose !== "book" && purpose !== "save") return [];
    return callOf(tool, scene, recorded) ?? [];
  });
}

const isJudgementNamed = ({ prompt }: Scene, name: string): boolean =>
  prompt.wanted.some((field) => field.name === name && /judge?ment/iu.test(field.description));

const THANKS = ["Thank you.", "All right.", "I see.", "Good."];

/** A few words for what was just told: a name or a short answer is repeated in passing. */
function acknowledgement({ prompt, dialogue }: Scene, { recorded }: Understanding): string {
  const spoken = prompt.wanted.filter(
    ({ name, description }) => recorded.has(name) && !/\bnever say\b/iu.test(description),
  );
  const isName = spoken.some((field) => isPersonName(field));
  if (spoken.length === 0 || (dialogue.saidSince !== "" && !isName)) return "";
  const repeated = spoken.find(({ confirm, type }) => confirm === "implicit" && type === "text");
  const value = String(recorded.get(repeated?.name ?? ""));
  if (repeated === undefined) return THANKS[dialogue.exchanges.length % THANKS.length] ?? "";
  if (isPersonName(repeated)) return `Thank you, ${value}.`;
  return isCompany(repeated) ? `${value}, thank you.` : "I understand.";
}

function farewell({ prompt, dialogue }: Scene): string {
  const booking = standingBooking(dialogue.results);
  const wasTold = booking !== null && dialogue.saidSince.includes(booking.spoken);
  const next =
    booking === null ? "The team will be in touch with you." : wasTold ? "" : `Your time is ${booking.spoken}.`;
  const name = [...prompt.known].find(([field]) => /(?:^|_)name$/u.test(field) && !/company/u.test(field))?.[1].value;
  const first = typeof name === "string" ? `, ${name.split(" ")[0]}` : "";
  const thanks = prompt.call.get("direction") === "outbound" ? "Thank you for your time." : "Thank you for calling.";
  return joined(next, `${thanks} Goodbye${first}.`);
}
