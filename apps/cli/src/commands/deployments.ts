import { Configuration, Deployment, DeploymentPage } from "@tandem/contracts";
import type { Api } from "../api.ts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { deploymentTable } from "../views/deployment.ts";
import type { Register } from "./context.ts";
import { keyValues, parsedValues } from "./key-value.ts";

interface CreateOptions {
  readonly playbook: string;
  readonly environment: string;
  readonly number?: string;
  readonly connection: Record<string, string>;
  readonly set: Record<string, string>;
}

/** Deployments: list, create, set parameters. */
export const registerDeployments: Register = (program, run) => {
  const deployments = program.command("deployments").description("list, create and configure deployments");
  deployments
    .command("list", { isDefault: true })
    .description("all deployments of the tenant")
    .action(() =>
      run(async ({ api, output }) => {
        const items = await api.all("/v1/deployments", DeploymentPage);
        output.result(items, () => deploymentTable(items));
        return ExitCode.done;
      }),
    );
  deployments
    .command("create <name>")
    .description("make a deployment of a playbook")
    .requiredOption("-p, --playbook <name>", "which playbook it runs")
    .option("-e, --environment <name>", "production, staging or development", "development")
    .option("-n, --number <e164>", "the number callers dial, e.g. +15551234567")
    .option(
      "-c, --connection <role=id>",
      "connection of a role (telephony, voiceAgent, calendar, crm, provider.<name>); repeat",
      keyValues,
      {},
    )
    .option("-s, --set <parameter=value>", "a parameter; JSON or text; repeat", keyValues, {})
    .action((name: string, options: CreateOptions) =>
      run(async ({ api, output }) => {
        const deployment = await api.post(
          "/v1/deployments",
          {
            name,
            playbook: options.playbook,
            environment: options.environment,
            number: options.number ?? null,
            connections: options.connection,
            overlay: parsedValues(options.set),
          },
          Deployment,
        );
        output.result(
          deployment,
          () => `Deployment ${deployment.name} (${deployment.id})\n  ingress ${deployment.ingressUrl}`,
        );
        return ExitCode.done;
      }),
    );
  deployments
    .command("set <deployment> <parameter=value...>")
    .description("set parameters over the playbook's defaults; `parameter=` takes one back")
    .action((deployment: string, assignments: string[]) =>
      run(async ({ api, output }) => {
        const { set, removed } = assigned(assignments);
        const changed = await reconfigured(api, deployment, ({ overlay }) => ({
          overlay: { ...without(overlay, removed), ...parsedValues(set) },
        }));
        output.result(changed, () => takesEffect(changed, deployment));
        return ExitCode.done;
      }),
    );
  deployments
    .command("connect <deployment> <role=id...>")
    .description("name the connection of a role, e.g. provider.deepgram=<id>; `role=` takes one back")
    .action((deployment: string, assignments: string[]) =>
      run(async ({ api, output }) => {
        const { set, removed } = assigned(assignments);
        const changed = await reconfigured(api, deployment, ({ connections }) => ({
          connections: { ...without(connections, removed), ...set },
        }));
        output.result(changed, () => takesEffect(changed, deployment));
        return ExitCode.done;
      }),
    );
};

type Settings = Omit<Configuration, "configVersion">;

/** `name=value` assignments: what they set, and the names whose value is empty. */
function assigned(assignments: readonly string[]): { set: Record<string, string>; removed: readonly string[] } {
  const values = assignments.reduce<Record<string, string>>((all, assignment) => keyValues(assignment, all), {});
  const removed = Object.keys(values).filter((name) => values[name] === "");
  return { set: without(values, removed), removed };
}

const without = <Value>(members: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));

/** Changes a deployment's configuration over the version that was read. */
async function reconfigured(
  api: Api,
  deployment: string,
  change: (current: Settings) => Partial<Settings>,
): Promise<Configuration> {
  const path = `/v1/deployments/${encodeURIComponent(deployment)}/configuration`;
  const response = await api.send(path, {});
  const etag = response.headers.get("etag");
  if (etag === null) throw new CommandFailure("The API gave no ETag.", ExitCode.failed);
  const { configVersion: _version, ...current } = Configuration.parse(await response.json());
  const body = { ...current, ...change(current) };
  const answer = await api.send(path, { method: "PUT", body, headers: { "if-match": etag } });
  return Configuration.parse(await answer.json());
}

const takesEffect = ({ configVersion }: Configuration, deployment: string): string =>
  `Configuration version ${configVersion}. It takes effect with the next rollout: tandem apply ${deployment}`;
