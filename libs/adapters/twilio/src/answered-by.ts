/** Twilio's `AnsweredBy` → ours; null when it was not asked or does not know yet. `unknown`, a detection that gave up, is a person. */
export function whoAnswered(answeredBy: string): "human" | "machine" | null {
  if (answeredBy === "") return null;
  return answeredBy === "fax" || answeredBy.startsWith("machine") ? "machine" : "human";
}
