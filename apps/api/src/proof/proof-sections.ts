import { counted } from "@tandem/kernel";
import { Html, html } from "./html.ts";
import type { ProofContent } from "./proof-pack.ts";
import { short, tableOf, when } from "./proof-table.ts";

const SEVERITY: Readonly<Record<string, string>> = { error: "bad", warning: "warn", note: "muted" };

export const storySection = ({ story }: ProofContent): Html =>
  tableOf(
    [["Time (UTC)", "when"], ["Phase"], ["What happened"]],
    story.map(({ at, phase, text }) => [when(at), phase, text]),
    "Nothing has happened yet.",
  );

export function planSection({ plan }: ProofContent): Html {
  if (plan === null) return html`<p class="muted">No plan was made.</p>`;
  return html`<p>${plan.summary}</p>
    <dl>
      <dt>Plan</dt>
      <dd><code>${plan.id}</code></dd>
      <dt>Hash</dt>
      <dd><code>${plan.hash}</code></dd>
      <dt>Release before</dt>
      <dd><code>${plan.previousRelease ?? "none"}</code></dd>
    </dl>
    <pre>${plan.prose}</pre>`;
}

export const preflightSection = ({ preflight }: ProofContent): Html =>
  tableOf(
    [["Severity"], ["Finding"], ["Where"], ["Fix"]],
    preflight.map(({ severity, code, summary, detail, address, fix }) => [
      html`<span class="${SEVERITY[severity] ?? "muted"}">${severity}</span>`,
      html`${summary}<br /><span class="muted">${detail}</span> <code>${code}</code>`,
      address === "" ? "deployment" : address,
      fix,
    ]),
    "Preflight found nothing.",
  );

export const approvalSection = ({ approvals, rollout }: ProofContent): Html =>
  html`<p class="muted">Started by ${rollout.startedBy}.</p>
    ${tableOf(
      [["Time (UTC)", "when"], ["Who"], ["Decision"], ["Via"], ["Plan"], ["Reason"]],
      approvals.map(({ at, who, decision, via, planHash, reason }) => [
        when(at),
        who,
        decision,
        via,
        short(planHash),
        reason,
      ]),
      "No approval was asked for or given.",
    )}`;

export function faultSection({ faults }: ProofContent): Html {
  const { retried, adopted, leases, reasons, operations } = faults;
  return html`<p>
      ${counted(operations.length, "operation")}, ${retried} of them tried again, ${adopted} found done after their
      answer was lost; written under ${counted(leases, "lease")}.
    </p>
    <h3>What it waited for</h3>
    ${tableOf(
      [["Time (UTC)", "when"], ["Phase"], ["Reason"], ["Next action"]],
      reasons.map(({ at, phase, code, summary, detail, nextAction }) => [
        when(at),
        phase,
        html`${summary} <code>${code}</code>${detail === "" ? null : html`<br /><span class="muted">${detail}</span>`}`,
        nextAction,
      ]),
      "It never waited.",
    )}
    <h3>Journal of operations</h3>
    ${tableOf(
      [["#", "num"], ["Stage"], ["Operation"], ["Vendor"], ["State"], ["Attempts", "num"], ["Outcome"]],
      operations.map(({ seq, stage, address, verb, vendor, state, attempts, outcome }) => [
        seq,
        stage,
        html`${verb} <code>${address}</code>`,
        vendor,
        state,
        attempts,
        outcome,
      ]),
      "Nothing was written to vendors.",
    )}`;
}

export const pointerSection = ({ pointerMoves }: ProofContent): Html =>
  tableOf(
    [["Time (UTC)", "when"], ["Cause"], ["New calls go to"], ["Generation", "num"], ["By"]],
    pointerMoves.map(({ at, cause, active, generation, actor }) => [when(at), cause, active, generation, actor]),
    "The pointer did not move: callers noticed nothing.",
  );

export function auditSection({ audit }: ProofContent): Html {
  const { rows, checkpoint, isWhole } = audit;
  const covered =
    checkpoint === null
      ? html`<p class="warn">No checkpoint covers these rows yet.</p>`
      : html`<p>
          Covered by the checkpoint at row ${checkpoint.seq} of ${when(checkpoint.at)} UTC, signed with key
          <code>${checkpoint.keyId}</code>: <code>${checkpoint.signature}</code>
        </p>`;
  return html`${covered}${isWhole ? null : html`<p class="warn">There are more rows than are shown.</p>`}
  ${tableOf(
    [["Row", "num"], ["Time (UTC)", "when"], ["Actor"], ["Action"], ["Object"], ["Hash"]],
    rows.map(({ seq, at, actor, action, object, hash }) => [seq, when(at), actor, action, object, short(hash)]),
    "No rows.",
  )}`;
}

export function dataSection({ dataHandling }: ProofContent): Html {
  const { kinds, redactedKinds, region, subProcessors } = dataHandling;
  const kept = (days: number | null): string =>
    days === null ? "by its own policy" : days === 0 ? "not kept" : counted(days, "day");
  return html`${tableOf(
      [["Kind of data"], ["Where"], ["Kept"]],
      kinds.map(({ kind, where, keptDays }) => [kind, where, kept(keptDays)]),
      "The release is not kept any more.",
    )}
    <p>
      Taken out before words are stored: ${redactedKinds.length === 0 ? "nothing" : redactedKinds.join(", ")}. Region:
      ${region}.
    </p>
    <h3>Sub-processors</h3>
    ${tableOf(
      [["Vendor"], ["For"]],
      subProcessors.map(({ vendor, roles }) => [vendor, roles.join(", ")]),
      "None.",
    )}`;
}
