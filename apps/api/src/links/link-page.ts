import { createHash } from "node:crypto";
import type { LinkState } from "@tandem/ports/store/gates";

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}" +
  "h1{font-size:1.3rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:#555}dd{margin:0}" +
  "button{font:inherit;padding:.5rem 1.2rem}input{font:inherit;width:100%;box-sizing:border-box;padding:.3rem}";

/** What the pages may load and do: their own style, and a form that goes back to where it came from. */
export const LINK_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

const WORDS = {
  approve: { title: "Approve this plan?", button: "Approve", done: "The plan is approved by you." },
  reject: { title: "Reject this plan?", button: "Reject", done: "The plan is rejected; the rollout is being aborted." },
  rollback: {
    title: "Take new calls back to the release before?",
    button: "Roll back",
    done: "New calls go back to the release before. Calls in progress stay where they are.",
  },
} as const;

/** Asks before anything happens: whoever only opens the link, a mail scanner too, changes nothing. */
export function confirmationPage({ link, deploymentName, environment }: LinkState): string {
  const { title, button } = WORDS[link.action];
  const facts = [
    ["Deployment", `${deploymentName} (${environment})`],
    ["Rollout", link.rolloutId],
    link.planHash === null ? ["Generation", String(link.generation)] : ["Plan", link.planHash.slice(0, 12)],
    ["For", link.addressee],
    ["Until", link.expiresAt],
  ] as const;
  return page(
    title,
    `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${text(value)}</dd>`).join("")}</dl>
<form method="post"><p><label>Reason, kept in the audit log<br><input name="reason" maxlength="500" autocomplete="off"></label></p>
<p><button type="submit">${button}</button></p></form>`,
  );
}

export const donePage = (action: LinkState["link"]["action"]): string => page("Done", `<p>${WORDS[action].done}</p>`);

/** Says that nothing happened, and why. */
export const refusalPage = (why: string): string =>
  page("Nothing was changed", `<p>${text(why)}</p><p>Ask for a new link, or decide with a key of your own.</p>`);

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title} – Tandem</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>
${body}
</body></html>
`;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const text = (value: string): string => value.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
