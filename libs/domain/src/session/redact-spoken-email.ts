const connectors = new Set(["dot", "underscore", "dash", "hyphen", "plus", "punkt", "minus"]);
const dots = new Set(["dot", "punkt"]);
const ats = new Set(["at", "ät"]);

/** Replaces e-mail addresses as they are said: "anna dot smith at example dot com", also spelled letter by letter. Linear. */
export function redactSpokenEmails(text: string): string {
  const parts = text.split(/(\s+)/);
  // Words are at even places, what stands between them at odd ones.
  const word = (index: number): string => plain(parts[index * 2] ?? "");
  const count = Math.ceil(parts.length / 2);
  const kept: string[] = [];
  let done = 0;
  for (let at = 1; at < count - 3; at += 1) {
    const isWritten = isDomain(parts[(at + 1) * 2] ?? "") && [at - 1, at + 3].every((near) => isLabel(word(near)));
    if (!ats.has(word(at)) || !dots.has(word(at + 2)) || !isWritten) continue;
    const from = Math.max(done, localStart(word, at - 1));
    if (from >= at) continue;
    const to = domainEnd(word, at + 1, count);
    const tail = /(?<![.,!?;:])[.,!?;:]+$/.exec(parts[to * 2] ?? "")?.[0] ?? "";
    kept.push(parts.slice(done * 2, from * 2).join(""), `[email]${tail}`, parts[to * 2 + 1] ?? "");
    done = to + 1;
    at = to;
  }
  kept.push(parts.slice(done * 2).join(""));
  return kept.join("");
}

/** Part of an address: no sign by itself, and no mark. */
const isLabel = (word: string): boolean => /^[\p{L}\p{N}._+-]+$/u.test(word) && !connectors.has(word) && !ats.has(word);

/** First label of a domain as it was said: no article, and nothing that ends a clause. */
const isDomain = (raw: string): boolean => isLabel(raw.toLowerCase()) && !/^(the|an?|my|your|our)$/i.test(raw);

const plain = (word: string): string => word.toLowerCase().replaceAll(/^["'(]+|(?<![.,!?;:"')])[.,!?;:"')]+$/g, "");

/** First word of what stands before the at: one word, more where connectors or single letters join them. */
function localStart(word: (index: number) => string, last: number): number {
  let from = last;
  while (from >= 1) {
    if (connectors.has(word(from - 1)) && from >= 2) from -= 2;
    else if (word(from).length === 1 && word(from - 1).length === 1) from -= 1;
    else break;
  }
  return from;
}

/** Last word of the domain: "example dot co dot uk". */
function domainEnd(word: (index: number) => string, first: number, count: number): number {
  let to = first;
  while (to + 2 < count && dots.has(word(to + 1)) && isLabel(word(to + 2))) to += 2;
  return to;
}
