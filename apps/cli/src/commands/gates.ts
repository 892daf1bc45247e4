import { Approvals, CreatedLink, Freeze, FreezePage, Link, Links, Rollout } from "@tandem/contracts";
import { ExitCode } from "../exit-code.ts";
import { approvalTable, decisionWords, freezeTable, linkTable } from "../views/gate.ts";
import { rolloutStatus } from "../views/rollout.ts";
import { when } from "../views/table.ts";
import type { Register } from "./context.ts";
import { rolloutOf } from "./rollout-reference.ts";

interface DecisionOptions {
  readonly reason?: string;
  readonly planHash?: string;
}

/** What people decide about a plan. */
export const registerApprovals: Register = (program, run) => {
  for (const [decision, description] of Object.entries({
    approve: "approve the plan of a rollout; the gate opens when enough people have",
    reject: "abort a rollout that waits for approval, as one of its approvers",
  })) {
    program
      .command(`${decision} <deployment-or-rollout>`)
      .description(description)
      .option("-r, --reason <text>", "kept in the audit log")
      .option("--plan-hash <hash>", "the plan that you read; refused when the rollout has another by now")
      .action((reference: string, { reason, planHash }: DecisionOptions) =>
        run(async ({ api, output }) => {
          const id = await rolloutOf(api, reference);
          const body = { reason: reason ?? null, ...(planHash !== undefined && { planHash }) };
          const rollout = await api.post(`/v1/rollouts/${id}/${decision}`, body, Rollout);
          const { items } = await api.get(`/v1/rollouts/${id}/approvals`, Approvals);
          output.result(rollout, () => decisionWords(rollout, items) ?? rolloutStatus(rollout, output.paint));
          return ExitCode.done;
        }),
      );
  }
  program
    .command("approvals <deployment-or-rollout>")
    .description("who has decided what about the plans of a rollout")
    .action((reference: string) =>
      run(async ({ api, output }) => {
        const { items } = await api.get(`/v1/rollouts/${await rolloutOf(api, reference)}/approvals`, Approvals);
        output.result(items, () => approvalTable(items));
        return ExitCode.done;
      }),
    );
};

interface FreezeOptions {
  readonly until: string;
  readonly from?: string;
  readonly playbook?: string;
  readonly environment?: string;
  readonly reason: string;
}

const freezeWords = (freeze: Freeze): string =>
  `Freeze window ${freeze.id} of the ${freeze.level}: ${when(freeze.startsAt)} to ${when(freeze.endedAt ?? freeze.endsAt)}`;

/** Times in which no new release comes to callers. */
export const registerFreezes: Register = (program, run) => {
  const freezes = program.command("freeze").description("windows in which no new release comes to callers");
  freezes
    .command("list", { isDefault: true })
    .description("the tenant's windows and the platform's")
    .action(() =>
      run(async ({ api, output }) => {
        const items = await api.all("/v1/freezes", FreezePage);
        output.result(items, () => freezeTable(items));
        return ExitCode.done;
      }),
    );
  freezes
    .command("add")
    .description("begin a window; rollback, abort and divert always work in it")
    .requiredOption("--until <time>", "when it ends, e.g. 2026-12-27T06:00:00Z")
    .requiredOption("-r, --reason <text>", "shown to whoever is stopped by it")
    .option("--from <time>", "when it begins; now by default")
    .option("--playbook <name>", "bind this playbook only")
    .option("--environment <name>", "bind this environment only")
    .action(({ until, from, reason, playbook, environment }: FreezeOptions) =>
      run(async ({ api, output }) => {
        const freeze = await api.post(
          "/v1/freezes",
          {
            endsAt: until,
            startsAt: from ?? null,
            playbook: playbook ?? null,
            environment: environment ?? null,
            reason,
          },
          Freeze,
        );
        output.result(freeze, () => freezeWords(freeze));
        return ExitCode.done;
      }),
    );
  freezes
    .command("end <id>")
    .description("end a window before its time; rollouts that wait for it go on")
    .option("-r, --reason <text>", "kept in the audit log")
    .action((id: string, { reason }: { readonly reason?: string }) =>
      run(async ({ api, output }) => {
        const freeze = await api.post(`/v1/freezes/${id}/end`, { reason: reason ?? null }, Freeze);
        output.result(freeze, () => freezeWords(freeze));
        return ExitCode.done;
      }),
    );
  freezes
    .command("override <deployment-or-rollout>")
    .description("let a live rollout pass the tenant's windows that are known now (tenant administrators)")
    .requiredOption("-r, --reason <text>", "kept in the rollout's policy and the audit log")
    .action((reference: string, { reason }: { readonly reason: string }) =>
      run(async ({ api, output }) => {
        const id = await rolloutOf(api, reference);
        const rollout = await api.post(`/v1/rollouts/${id}/override-freeze`, { reason }, Rollout);
        output.result(rollout, () => rolloutStatus(rollout, output.paint));
        return ExitCode.done;
      }),
    );
  freezes
    .command("exempt <id>")
    .description("let one tenant through a window of the platform's (platform administrators)")
    .requiredOption("--tenant <id>", "which tenant")
    .requiredOption("-r, --reason <text>", "kept in both audit logs")
    .action((id: string, { tenant, reason }: { readonly tenant: string; readonly reason: string }) =>
      run(async ({ api, output }) => {
        await api.send(`/v1/freezes/${id}/exemptions`, { method: "POST", body: { tenantId: tenant, reason } });
        output.result({ freezeId: id, tenantId: tenant }, () => `Tenant ${tenant} may pass the window ${id}.`);
        return ExitCode.done;
      }),
    );
};

interface LinkOptions {
  readonly action: string;
  readonly for: string;
  readonly hours: string;
}

/** Links of one use for chat and mail. */
export const registerLinks: Register = (program, run) => {
  const links = program.command("link").description("links of one use by which somebody decides from chat or mail");
  links
    .command("create <deployment-or-rollout>")
    .description("make a link; its address is shown once")
    .requiredOption("--action <what>", "approve, reject or rollback")
    .requiredOption("--for <whom>", "who acts through it: key:<key id>, or a label such as slack:U024BE7LH")
    .option("--hours <number>", "how long it can be used", "24")
    .action((reference: string, options: LinkOptions) =>
      run(async ({ api, output }) => {
        const id = await rolloutOf(api, reference);
        const ttlMs = Math.round(Number(options.hours) * 3_600_000);
        const body = { action: options.action, for: options.for, ttlMs };
        const link = await api.post(`/v1/rollouts/${id}/links`, body, CreatedLink);
        output.result(
          link,
          () => `For ${link.addressee}, once, until ${when(link.expiresAt)}. Shown only now:\n${link.url}`,
        );
        return ExitCode.done;
      }),
    );
  links
    .command("list <deployment-or-rollout>")
    .description("the links of a rollout, without their addresses")
    .action((reference: string) =>
      run(async ({ api, output }) => {
        const { items } = await api.get(`/v1/rollouts/${await rolloutOf(api, reference)}/links`, Links);
        output.result(items, () => linkTable(items));
        return ExitCode.done;
      }),
    );
  links
    .command("revoke <id>")
    .description("take a link back that was not used")
    .action((id: string) =>
      run(async ({ api, output }) => {
        const link = await api.post(`/v1/links/${id}/revoke`, {}, Link);
        output.result(link, () => `The link ${link.id} for ${link.addressee} works no more.`);
        return ExitCode.done;
      }),
    );
};
