import { Configuration, Deployment, DeploymentPage } from "@tandem/contracts";
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
        const path = `/v1/deployments/${encodeURIComponent(deployment)}/configuration`;
        const response = await api.send(path, {});
        const etag = response.headers.get("etag");
        if (etag === null) throw new CommandFailure("The API gave no ETag.", ExitCode.failed);
        const { configVersion: _version, ...current } = Configuration.parse(await response.json());
        const values = assignments.reduce<Record<string, string>>((all, assignment) => keyValues(assignment, all), {});
        const removed = Object.keys(values).filter((name) => values[name] === "");
        const kept = Object.fromEntries(Object.entries(current.overlay).filter(([name]) => !removed.includes(name)));
        const set = Object.fromEntries(Object.entries(values).filter(([name]) => !removed.includes(name)));
        const body = { ...current, overlay: { ...kept, ...parsedValues(set) } };
        const changed = Configuration.parse(
          await (await api.send(path, { method: "PUT", body, headers: { "if-match": etag } })).json(),
        );
        output.result(
          changed,
          () =>
            `Configuration version ${changed.configVersion}. It takes effect with the next rollout: tandem apply ${deployment}`,
        );
        return ExitCode.done;
      }),
    );
};
