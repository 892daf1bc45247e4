import { createInterface } from "node:readline/promises";
import {
  EarlyAccess,
  FleetMemberPage,
  FleetPlan,
  FleetRolloutDetail,
  FleetRolloutPage,
  SkippedMembers,
  TenantTags,
} from "@tandem/contracts";
import type { Command } from "commander";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { fleetPlanWords, fleetStatus, fleetTable, memberTable } from "../views/fleet.ts";
import type { Context, Register, Run } from "./context.ts";
import { budgetOf, collected, fleetBody, type FleetOptions, ringsOf, wholeNumber } from "./fleet-options.ts";

const ROOT = "/v1/fleet-rollouts";

/** Fleet rollouts, for platform administrators; the cohort and the own part also for tenants. */
export const registerFleet: Register = (program, run) => {
  const fleet = program.command("fleet").description("move many tenants' deployments to one version, in waves");
  withFleetOptions(fleet.command("plan <playbook@version>"))
    .description("which deployment would move in which wave, and why some would not")
    .action((reference: string, options: FleetOptions) =>
      run(async ({ api, output }) => {
        const plan = await api.post(`${ROOT}/preview`, fleetBody(reference, options), FleetPlan);
        output.result(plan, () => fleetPlanWords(plan, output.paint));
        return ExitCode.done;
      }),
    );
  withFleetOptions(fleet.command("start <playbook@version>"))
    .description("plan, ask, and begin it; a worker moves it on")
    .option("-y, --yes", "do not ask")
    .action((reference: string, options: FleetOptions & { readonly yes?: boolean }) =>
      run((context) => start(context, reference, options)),
    );
  registerReads(fleet, run);
  registerRequests(fleet, run);
  registerCohort(fleet, run);
};

const withFleetOptions = (command: Command): Command =>
  command
    .option("-e, --environment <which>", "only these environments; repeat", collected, [])
    .option("--tenant <id>", "only these tenants; repeat", collected, [])
    .option("--tag <tag>", "only tenants with one of these tags; repeat", collected, [])
    .option("--deployment <id>", "only these deployments; repeat", collected, [])
    .option("--rings <list>", "waves in order, e.g. early,1%,10%,50%,rest (the default) or early,5,rest", ringsOf)
    .option("--concurrency <number>", "rollouts at a time; 10", wholeNumber)
    .option("--per-tenant <number>", "of them, those of one tenant; 2", wholeNumber)
    .option("--budget <failures>", "failures of a wave beyond which it pauses, e.g. 3 or 2%; 2%", budgetOf)
    .option("--wave-bake <seconds>", "how long a wave is watched before the next; 3600", wholeNumber)
    .option("--bake <seconds>", "watch window asked of each rollout; the tenant's own policy by default", wholeNumber)
    .option("--never-live", "also deployments that no caller has ever reached");

async function start(
  { api, output }: Context,
  reference: string,
  options: FleetOptions & { readonly yes?: boolean },
): Promise<ExitCode> {
  const body = fleetBody(reference, options);
  const plan = await api.post(`${ROOT}/preview`, body, FleetPlan);
  if (!output.isJson) output.note(fleetPlanWords(plan, output.paint));
  if (plan.waves.length === 0) throw new CommandFailure("No deployment would be moved.", ExitCode.failed, plan);
  await confirm(options.yes === true);
  const fleet = await api.post(ROOT, { ...body, planHash: plan.hash }, FleetRolloutDetail);
  output.result(fleet, () => fleetStatus(fleet, output.paint));
  return ExitCode.done;
}

async function confirm(isSure: boolean): Promise<void> {
  if (isSure) return;
  if (!process.stdin.isTTY)
    throw new CommandFailure("Nobody is there to ask: use --yes to begin without asking.", ExitCode.usage);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question("Begin? Type yes: ");
  lines.close();
  if (answer.trim() !== "yes") throw new CommandFailure("Not begun.", ExitCode.failed);
}

function registerReads(fleet: Command, run: Run): void {
  fleet
    .command("list", { isDefault: true })
    .description("all fleet rollouts, newest first")
    .action(() =>
      run(async ({ api, output }) => {
        const items = await api.all(ROOT, FleetRolloutPage);
        output.result(items, () => fleetTable(items));
        return ExitCode.done;
      }),
    );
  fleet
    .command("status <id>")
    .description("its waves with members by state; exit code 3 while it is not over")
    .option("--members [state]", "list the members too, all or those in one state")
    .action((id: string, options: { readonly members?: string | true }) =>
      run((context) => status(context, id, options)),
    );
  fleet
    .command("mine")
    .description("the own deployments in fleet rollouts (tenants)")
    .action(() =>
      run(async ({ api, output }) => {
        const items = await api.all("/v1/fleet-memberships", FleetMemberPage);
        output.result(items, () => memberTable(items));
        return ExitCode.done;
      }),
    );
}

async function status(
  { api, output }: Context,
  id: string,
  { members }: { readonly members?: string | true },
): Promise<ExitCode> {
  const found = await api.get(`${ROOT}/${id}`, FleetRolloutDetail);
  const query = typeof members === "string" ? `?state=${encodeURIComponent(members)}` : "";
  const list = members === undefined ? [] : await api.all(`${ROOT}/${id}/members${query}`, FleetMemberPage);
  output.result(members === undefined ? found : { ...found, members: list }, () =>
    [fleetStatus(found, output.paint), ...(members === undefined ? [] : [memberTable(list)])].join("\n\n"),
  );
  if (found.state === "completed") return ExitCode.done;
  return found.state === "aborted" ? ExitCode.failed : ExitCode.pending;
}

function registerRequests(fleet: Command, run: Run): void {
  const requests = {
    pause: "begin nothing more; rollouts in progress go on",
    resume: "go on where it was; failures so far are accepted",
  };
  for (const [verb, description] of Object.entries(requests))
    fleet
      .command(`${verb} <id>`)
      .description(description)
      .option("-r, --reason <text>", "why; kept in the audit log")
      .action((id: string, options: { readonly reason?: string }) =>
        run((context) => ask(context, `${ROOT}/${id}/${verb}`, { reason: options.reason ?? null })),
      );
  fleet
    .command("abort <id>")
    .description("skip every member that has not begun, for good")
    .option(
      "--running <what>",
      "leave rollouts in progress to end, or abort those that callers have not noticed",
      "leave",
    )
    .option("-r, --reason <text>", "why; kept in the audit log")
    .action((id: string, options: { readonly running: string; readonly reason?: string }) =>
      run((context) =>
        ask(context, `${ROOT}/${id}/abort`, { running: options.running, reason: options.reason ?? null }),
      ),
    );
  fleet
    .command("skip <id> <tenant-id>")
    .description("leave a tenant, or one deployment of it, out")
    .option("--deployment <id>", "only this one")
    .requiredOption("-r, --reason <text>", "why; the tenant reads it")
    .action((id: string, tenantId: string, options: { readonly deployment?: string; readonly reason: string }) =>
      run(async ({ api, output }) => {
        const body = { tenantId, deploymentId: options.deployment ?? null, reason: options.reason };
        const answer = await api.post(`${ROOT}/${id}/skip`, body, SkippedMembers);
        output.result(answer, () => `Left out: ${answer.skipped}`);
        return ExitCode.done;
      }),
    );
}

async function ask({ api, output }: Context, path: string, body: object): Promise<ExitCode> {
  const fleet = await api.post(path, body, FleetRolloutDetail);
  output.result(fleet, () => fleetStatus(fleet, output.paint));
  return ExitCode.done;
}

interface CohortOptions {
  readonly tenant?: string;
  readonly deployment?: string;
}

const CHOICES: Readonly<Record<string, boolean | null>> = { join: true, leave: false, follow: null };

function registerCohort(fleet: Command, run: Run): void {
  fleet
    .command("cohort <choice>")
    .description("join or leave the early-access cohort; follow: a deployment does as its tenant does")
    .option("--tenant <id>", "which tenant (platform administrators); the own one by default")
    .option("--deployment <id>", "only this deployment")
    .action((choice: string, options: CohortOptions) => run((context) => choose(context, choice, options)));
  fleet
    .command("tag <tenant-id> [tags...]")
    .description("replace the tags by which tenants are chosen (platform administrators)")
    .action((tenantId: string, tags: readonly string[]) =>
      run(async ({ api, output }) => {
        const response = await api.send(`/v1/tenants/${tenantId}/tags`, { method: "PUT", body: { tags } });
        const answer = TenantTags.parse(await response.json());
        output.result(answer, () => (answer.tags.length === 0 ? "No tags." : answer.tags.join(", ")));
        return ExitCode.done;
      }),
    );
}

async function choose({ api, output }: Context, choice: string, options: CohortOptions): Promise<ExitCode> {
  const isMember = CHOICES[choice];
  if (isMember === undefined) throw new CommandFailure(`${choice} is not join, leave or follow.`, ExitCode.usage);
  const path = options.tenant === undefined ? "/v1/early-access" : `/v1/tenants/${options.tenant}/early-access`;
  const body = { deploymentId: options.deployment ?? null, isMember };
  const answer = EarlyAccess.parse(await (await api.send(path, { method: "PUT", body })).json());
  output.result(answer, () =>
    answer.items.length === 0
      ? "No choice is kept: not in the cohort."
      : answer.items
          .map((one) => `${one.deploymentId ?? "the tenant"}: ${one.isMember ? "early access" : "not early"}`)
          .join("\n"),
  );
  return ExitCode.done;
}
