import { ConnectionDetail, CredentialVersion, OffBoarding, OffBoardingPlan, Tenant } from "@tandem/contracts";
import type { Command } from "commander";
import type { Api } from "../api.ts";
import { ExitCode } from "../exit-code.ts";
import { connectionDetail, offBoardingPlan, offBoardingState } from "../views/tenant-life.ts";
import type { Run } from "./context.ts";

const LOOK_MS = 1000;
const OVER: ReadonlySet<string> = new Set(["done", "stopped"]);

const pathOf = (tenant: string, rest = ""): string => `/v1/tenants/${encodeURIComponent(tenant)}${rest}`;

/** Suspension and off-boarding, below `tandem tenants`. */
export function registerTenantLife(tenants: Command, run: Run): void {
  for (const [name, what] of [
    ["suspend", "calls go to people, nothing is placed or rolled out, keys may only look"],
    ["reactivate", "bring back exactly what was before the suspension"],
  ] as const)
    tenants
      .command(`${name} <id>`)
      .description(what)
      .requiredOption("--reason <text>", "why; kept in both audit chains")
      .action((id: string, { reason }: { reason: string }) =>
        run(async ({ api, output }) => {
          const tenant = await api.post(pathOf(id, `/${name}`), { reason }, Tenant);
          output.result(tenant, () => `Tenant ${tenant.slug} is ${tenant.status}.`);
          return ExitCode.done;
        }),
      );
  registerOffBoarding(tenants, run);
}

interface OffBoardOptions {
  readonly confirm?: string;
  readonly reason?: string;
  readonly stop?: true;
  readonly wait?: true;
}

function registerOffBoarding(tenants: Command, run: Run): void {
  tenants
    .command("off-board <id>")
    .description("show what taking a tenant off the platform would do; with --confirm, do it")
    .option("--confirm <slug>", "the tenant's slug, typed: begins it")
    .option("--stop", "call it off, while nothing has been removed")
    .option("--reason <text>", "why; needed with --confirm and --stop")
    .option("--wait", "wait until it is over")
    .action((id: string, options: OffBoardOptions) => run(({ api, output }) => offBoard(api, output, id, options)));
  tenants
    .command("off-boarding <id>")
    .description("how far it is, what it waits for, and at its end the proof (exit code 3: it goes on)")
    .action((id: string) =>
      run(async ({ api, output }) => {
        const found = await api.get(pathOf(id, "/off-boarding"), OffBoarding);
        output.result(found, () => offBoardingState(found));
        return OVER.has(found.phase) ? ExitCode.done : ExitCode.pending;
      }),
    );
}

async function offBoard(
  api: Api,
  output: Parameters<Parameters<Run>[0]>[0]["output"],
  id: string,
  { confirm, reason, stop, wait }: OffBoardOptions,
): Promise<ExitCode> {
  if (stop !== true && confirm === undefined) {
    const plan = await api.get(pathOf(id, "/off-boarding/plan"), OffBoardingPlan);
    output.result(plan, () => offBoardingPlan(plan));
    return ExitCode.done;
  }
  const body = stop === true ? { reason } : { confirm, reason };
  const asked = await api.post(pathOf(id, stop === true ? "/off-boarding/stop" : "/off-boarding"), body, OffBoarding);
  const found = wait === true ? await untilOver(api, id, asked) : asked;
  output.result(found, () => offBoardingState(found));
  return OVER.has(found.phase) ? ExitCode.done : ExitCode.pending;
}

async function untilOver(api: Api, id: string, asked: OffBoarding): Promise<OffBoarding> {
  let found = asked;
  while (!OVER.has(found.phase)) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    found = await api.get(pathOf(id, "/off-boarding"), OffBoarding);
  }
  return found;
}

const WAITING: ReadonlySet<string> = new Set(["pending"]);

/** Credentials with overlap, below `tandem connections`. `read`: the secrets of a file. */
export function registerRotation(connections: Command, run: Run, read: (file: string) => Promise<unknown>): void {
  connections
    .command("show <id>")
    .description("one connection and the life of its credentials")
    .action((id: string) =>
      run(async ({ api, output }) => {
        const found = await api.get(`/v1/connections/${id}`, ConnectionDetail);
        output.result(found, () => connectionDetail(found));
        return ExitCode.done;
      }),
    );
  connections
    .command("rotate <id>")
    .description("store a new credential that takes over once a worker has verified it; the old one drains, then ends")
    .requiredOption("-f, --file <file>", "secret name → value, as JSON (`-` reads standard input)")
    .option("--timeout <seconds>", "how long to wait for the verdict", "60")
    .action((id: string, options: { file: string; timeout: string }) =>
      run(async ({ api, output }) => {
        const body = { secrets: await read(options.file) };
        const { version } = await api.post(`/v1/connections/${id}/rotate`, body, CredentialVersion);
        const end = Date.now() + Number(options.timeout) * 1000;
        for (;;) {
          const found = await api.get(`/v1/connections/${id}`, ConnectionDetail);
          const state = found.credentials.find((one) => one.version === version)?.state ?? "pending";
          if (WAITING.has(state) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
          else {
            output.result(found, () => connectionDetail(found));
            return state === "refused" ? ExitCode.failed : WAITING.has(state) ? ExitCode.pending : ExitCode.done;
          }
        }
      }),
    );
}
