/** A part of a runbook; texts may hold `code`, **strong** words and [links](…). */
export type Block =
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "steps"; readonly items: readonly string[] };
export type Span =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "strong"; readonly text: string };

const STEP = /^\d+\. +/;
const SPANS = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^[\]]+)\]\([^()]*\)/g;

/** A runbook of docs/runbooks without its title: paragraphs and numbered steps. */
export function blocksOf(markdown: string): readonly Block[] {
  return markdown
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter((part) => part !== "" && !part.startsWith("#"))
    .map((part): Block => {
      if (!STEP.test(part)) return { kind: "paragraph", text: joined(part) };
      const items = part.split(/\n(?=\d+\. )/).map((item) => joined(item.replace(STEP, "")));
      return { kind: "steps", items };
    });
}

const joined = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");

export function spansOf(text: string): readonly Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(SPANS)) {
    if (match.index > end) spans.push({ kind: "text", text: text.slice(end, match.index) });
    const [whole, code, strong, link] = match;
    if (code !== undefined) spans.push({ kind: "code", text: code });
    else if (strong !== undefined) spans.push({ kind: "strong", text: strong });
    else spans.push({ kind: "text", text: link ?? "" });
    end = match.index + whole.length;
  }
  if (end < text.length) spans.push({ kind: "text", text: text.slice(end) });
  return spans;
}
