/** What members of a release are called on the screen, by the beginning of their path. The longest that fits names it. */
const NAMES: readonly (readonly [path: string, name: string])[] = [
  ["number", "Phone number"],
  ["answer.schedule.timeZone", "Time zone of the hours"],
  ["answer.schedule.weekly", "Opening hours"],
  ["answer.schedule.holidays", "Holidays"],
  ["answer.schedule.overrides", "Exceptions to the hours"],
  ["answer.whenOpen", "While open"],
  ["answer.whenClosed", "While closed"],
  ["agent.kind", "Who speaks"],
  ["agent.language", "Language"],
  ["agent", "Agent"],
  ["conversation.greeting", "Greeting"],
  ["conversation.objectives", "What the agent does"],
  ["conversation.limits", "Limits of a call"],
  ["conversation", "Conversation"],
  ["tools", "What the agent can use"],
  ["providers.stt", "Hearing (STT)"],
  ["providers.llm", "Thinking (LLM)"],
  ["providers.tts", "Voice (TTS)"],
  ["latency", "Latency targets"],
  ["fallbackNumber", "Fallback number"],
  ["emergency", "Emergency line"],
  ["humanPath", "Way to a person"],
  ["policies.disclosure", "Disclosure"],
  ["policies.consent", "Recording"],
  ["policies.retention", "How long words and recordings are kept"],
  ["policies.redaction", "What is blacked out"],
  ["policies.residency", "Region"],
  ["policies.memory", "Memory of returning callers"],
  ["policies", "Policies"],
  ["outbound", "Outbound calls"],
];

/** `Opening hours` and what is left of the path, or the path alone. */
export function namedPath(path: string): { readonly name: string; readonly rest: string } {
  const [fits] = NAMES.filter(([begin]) =>
    [begin, `${begin}.`, `${begin}[`].some((each) => isBegin(each, path)),
  ).toSorted(([left], [right]) => right.length - left.length);
  if (fits === undefined) return { name: path === "" ? "everything" : path, rest: "" };
  return { name: fits[1], rest: path.slice(fits[0].length).replace(/^\./, "") };
}

const isBegin = (begin: string, path: string): boolean =>
  /[.[]$/.test(begin) ? path.startsWith(begin) : path === begin;

const LAYERS: Readonly<Record<string, string>> = {
  "tenant-overlay": "tenant overlay",
  "deployment-overlay": "deployment overlay",
  system: "Tandem",
};

/** The layer that a value comes from; null for the playbook, which nobody needs to be told. */
export const layerName = (source: string | undefined): string | null => LAYERS[source ?? ""] ?? null;
