import { createHash } from "node:crypto";

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}" +
  "h1{font-size:1.3rem}a{color:#0b57b0}@media(prefers-color-scheme:dark){body{color:#eee;background:#16181d}a{color:#8ab4f8}}";

/** What the page may load and do: its own style. */
export const REFUSAL_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

/** Says to somebody who came back from the provider why they are not signed in, and what to do. */
export const refusalPage = (why: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Not signed in · Tandem</title><style>${STYLE}</style></head>
<body><main><h1>You are not signed in</h1><p>${escaped(why)}</p><p><a href="/sign-in">Back to signing in</a></p></main></body></html>`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
