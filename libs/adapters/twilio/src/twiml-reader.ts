/** One verb or noun of a carrier document. */
export interface Verb {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Verb[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const decode = (text: string): string =>
  text.replaceAll(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (name.startsWith("#x")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
    return ENTITIES[name] ?? whole;
  });

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+/y;
const ATTRIBUTE = /(?<![\w:.-])([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  text: string;
  readonly children: Verb[];
}

/** Reads a document whose root is `Response`. Throws an Error (Twilio's 12100, a parse failure) for anything else. */
export function readTwiml(text: string): readonly Verb[] {
  const stack: Open[] = [{ name: "", attributes: {}, text: "", children: [] }];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text);
    if (token === null) throw new Error("document parse failure");
    take(stack, token);
  }
  const root = stack[0]?.children[0];
  if (stack.length !== 1 || root?.name !== "Response" || stack[0]?.children.length !== 1)
    throw new Error("document parse failure: the root must be one Response");
  return root.children;
}

function take(stack: Open[], token: RegExpExecArray): void {
  const [whole, closing, name, attributes = "", selfClosing] = token;
  const top = stack.at(-1) as Open;
  if (name === undefined) {
    if (!whole.startsWith("<")) top.text += decode(whole);
    return;
  }
  if (closing === "/") return close(stack, name);
  const opened: Open = { name, attributes: readAttributes(attributes), text: "", children: [] };
  stack.push(opened);
  if (selfClosing === "/") close(stack, name);
}

function close(stack: Open[], name: string): void {
  const closed = stack.pop();
  const parent = stack.at(-1);
  if (closed?.name !== name || parent === undefined) throw new Error(`document parse failure at </${name}>`);
  parent.children.push({ ...closed, text: closed.text.trim() });
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name, double, single]) => [name, decode(double ?? single ?? "")]),
  );
}
