import { createHash } from "node:crypto";
import { Html, html } from "./html.ts";
import type { ProofContent, ProofPack } from "./proof-pack.ts";
import {
  approvalSection,
  auditSection,
  dataSection,
  faultSection,
  planSection,
  pointerSection,
  preflightSection,
  storySection,
} from "./proof-sections.ts";
import { evidenceSection, latencySection, smokeSection } from "./proof-measures.ts";
import { proofStyle } from "./proof-style.ts";

/** One piece: its hash is over every character between the tags. */
const STYLE = new Html(`<style>${proofStyle}</style>`);
const STYLE_HASH = createHash("sha256").update(proofStyle).digest("base64");
const TONE: Readonly<Record<string, string>> = {
  succeeded: "good",
  failed: "bad",
  aborted: "warn",
  "rolled-back": "bad",
  held: "warn",
};

const SECTIONS: readonly (readonly [string, string, (content: ProofContent) => Html])[] = [
  ["story", "Story", storySection],
  ["plan", "Plan", planSection],
  ["preflight", "Preflight", preflightSection],
  ["approvals", "Approvals", approvalSection],
  ["smoke", "Smoke test", smokeSection],
  ["latency", "Latency", latencySection],
  ["evidence", "Evidence of calls", evidenceSection],
  ["faults", "Faults and waits", faultSection],
  ["pointer", "Pointer", pointerSection],
  ["audit", "Audit", auditSection],
  ["data", "Data handling", dataSection],
];

/** The pack as one page that needs nothing else: no script, no font, no picture, and a policy of its own that allows none. */
export function proofPage(pack: ProofPack): string {
  const { content } = pack;
  const { deployment, release } = content.rollout;
  const title = `${release.name || release.hash.slice(0, 12)} on ${deployment.name}`;
  const policy = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>Proof of rollout: ${title}</title>
        ${STYLE}
      </head>
      <body>
        <main>
          <h1>${title} ${badge(content.rollout.phase)}</h1>
          <p class="muted">Proof of rollout ${content.rollout.id}</p>
          ${head(content)}
          <nav aria-label="Sections">${SECTIONS.map(([id, name]) => html`<a href="#${id}">${name}</a> `)}</nav>
          ${SECTIONS.map(
            ([id, name, section]) =>
              html`<section id="${id}">
                <h2>${name}</h2>
                ${section(content)}
              </section>`,
          )}
          ${foot(pack)}
        </main>
      </body>
    </html> `;
  return page.markup;
}

const badge = (phase: string): Html => html`<span class="badge ${TONE[phase] ?? "muted"}">${phase}</span>`;

function head({ rollout, generatedAt, generatedFor, software }: ProofContent): Html {
  const { deployment, release, reason } = rollout;
  const rows: readonly (readonly [string, string])[] = [
    ["Deployment", `${deployment.name}, ${deployment.environment}`],
    ["Playbook", deployment.playbook],
    ["Release", release.hash],
    ["Strategy", `${rollout.strategy}, into slot ${rollout.targetSlot}`],
    ["Started", `${time(rollout.startedAt)} by ${rollout.startedBy}`],
    ["Last change", time(rollout.updatedAt)],
    ...(reason === null
      ? []
      : [["Reason", `${reason.code}: ${reason.detail}`] as const, ["Next action", reason.nextAction] as const]),
    [
      "Made",
      `${time(generatedAt)} for ${generatedFor}, by Tandem ${software.version} (engine ${software.engineVersion})`,
    ],
  ];
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** To the second, UTC. */
const time = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`;

function foot({ contentHash, signature }: ProofPack): Html {
  const signed =
    signature === null
      ? html`<p>Not signed: the installation has no key for it.</p>`
      : html`<p>Signed with key <code>${signature.keyId}</code>: <code>${signature.signature}</code></p>`;
  return html`<footer>
    <p>SHA-256 of the content in <code>proof.json</code>: <code>${contentHash}</code></p>
    ${signed}
    <p>Check both with <code>tandem proof --check proof.json</code>.</p>
  </footer>`;
}
