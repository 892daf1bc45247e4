const shape = /^[a-z0-9](?:[a-z0-9._%+-]{0,62}[a-z0-9_%+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$/;
const spokenSigns: readonly (readonly [RegExp, string])[] = [
  [/(?<!\s)\s+(?:at|@)\s+/g, "@"],
  [/(?<!\s)\s+(?:dot|period|point)\s+/g, "."],
  [/(?<!\s)\s+(?:underscore)\s+/g, "_"],
  [/(?<!\s)\s+(?:dash|hyphen|minus)\s+/g, "-"],
  [/(?<!\s)\s+plus\s+/g, "+"],
];

/** A spoken or written e-mail address in lower case, or null when it is none. Letters that were spelled one by one are joined. */
export function readEmailAddress(text: string): string | null {
  const joined = spokenSigns.reduce(
    (part, [sign, written]) => part.replaceAll(sign, written),
    text.trim().toLowerCase(),
  );
  const compact = joined.replaceAll(/(?<!\s)\s+(?=[@._+-])|(?<=[@._+-])\s+/g, "");
  const whole = compact.replaceAll(/\s+/g, "").replace(/(?<![.,!?;])[.,!?;]+$/, "");
  if (shape.test(whole) && !whole.includes("..")) return whole;
  return (
    compact
      .split(/\s+/)
      .map((word) => word.replace(/(?<![.,!?;])[.,!?;]+$/, ""))
      .find((word) => shape.test(word) && !word.includes("..")) ?? null
  );
}
