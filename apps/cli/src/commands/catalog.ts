import { readFile } from "node:fs/promises";
import {
  Connection,
  ConnectionPage,
  ConnectionVoices,
  CredentialVersion,
  CreatedApiKey,
  ManifestPage,
  ManifestVersion,
  Tenant,
  TenantPage,
  VendorPage,
} from "@tandem/contracts";
import { ExitCode } from "../exit-code.ts";
import { readPlaybookFolder } from "../playbook-folder.ts";
import { table, when } from "../views/table.ts";
import { runCheck } from "./check.ts";
import type { Register } from "./context.ts";
import { keyValues, parsedValues } from "./key-value.ts";
import { registerRotation, registerTenantLife } from "./tenant-life.ts";

/** Playbooks: publish and list. */
export const registerPlaybooks: Register = (program, run) => {
  const playbooks = program.command("playbooks").description("publish and list playbooks");
  playbooks
    .command("publish <folder>")
    .description("publish a playbook folder as an immutable version")
    .action((folder: string) =>
      run(async ({ api, output }) => {
        const files = Object.fromEntries(readPlaybookFolder(folder));
        const version = await api.post("/v1/manifests", { files }, ManifestVersion);
        output.result(version, () => `Published ${version.playbook}@${version.version} (${version.hash.slice(0, 12)})`);
        return ExitCode.done;
      }),
    );
  playbooks
    .command("list", { isDefault: true })
    .description("published versions, the tenant's own and the library's")
    .action(() =>
      run(async ({ api, output }) => {
        const items = await api.all("/v1/manifests", ManifestPage);
        output.result(items, () =>
          table(
            ["playbook", "version", "hash", "from", "published"],
            items.map((item) => [
              item.playbook,
              item.version,
              item.hash.slice(0, 12),
              item.isLibrary ? "library" : "tenant",
              when(item.publishedAt),
            ]),
          ),
        );
        return ExitCode.done;
      }),
    );
};

/** Tenants, for platform administrators. */
export const registerTenants: Register = (program, run) => {
  const tenants = program
    .command("tenants")
    .description("list, create, suspend and off-board tenants (platform administrators)");
  registerTenantLife(tenants, run);
  tenants
    .command("list", { isDefault: true })
    .description("all tenants")
    .action(() =>
      run(async ({ api, output }) => {
        const items = await api.all("/v1/tenants", TenantPage);
        output.result(items, () =>
          table(
            ["slug", "name", "status", "id"],
            items.map((item) => [item.slug, item.name, item.status, item.id]),
          ),
        );
        return ExitCode.done;
      }),
    );
  tenants
    .command("create <slug> <name>")
    .description("make a tenant and its first administrator key")
    .action((slug: string, name: string) =>
      run(async ({ api, output }) => {
        const tenant = await api.post("/v1/tenants", { slug, name }, Tenant);
        const key = await api.post(
          "/v1/api-keys",
          { name: "first administrator", roles: ["tenant-admin"], tenantId: tenant.id },
          CreatedApiKey,
        );
        output.result(
          { tenant, key },
          () => `Tenant ${tenant.slug} (${tenant.id})\nAdministrator key, shown once:\n${key.key}`,
        );
        return ExitCode.done;
      }),
    );
};

const secretsIn = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(file === "-" ? "/dev/stdin" : file, "utf8"));

interface ConnectionOptions {
  readonly vendor: string;
  readonly endpoint: string;
  readonly config: Record<string, string>;
  readonly smokeWrites: string;
}

/** Connections: list, create, store a credential, test. */
export const registerConnections: Register = (program, run) => {
  const connections = program.command("connections").description("vendor accounts and their credentials");
  registerRotation(connections, run, secretsIn);
  connections
    .command("list", { isDefault: true })
    .description("all connections of the tenant")
    .action(() =>
      run(async ({ api, output }) => {
        const items = await api.all("/v1/connections", ConnectionPage);
        output.result(items, () =>
          table(
            ["name", "vendor", "endpoint", "credential", "smoke writes", "id"],
            items.map((item) => [
              item.name,
              item.vendor,
              item.endpoint,
              item.credentialVersion === null ? "none" : `version ${item.credentialVersion}`,
              item.smokeWrites,
              item.id,
            ]),
          ),
        );
        return ExitCode.done;
      }),
    );
  connections
    .command("vendors")
    .description("vendors that can be connected, for which roles and as which providers")
    .action(() =>
      run(async ({ api, output }) => {
        const items = await api.all("/v1/vendors", VendorPage);
        output.result(items, () =>
          table(
            ["vendor", "title", "roles", "secrets"],
            items.map(({ id, title, roles, providers, secrets }) => [
              id,
              title,
              [...roles, ...Object.keys(providers).map((name) => `provider.${name}`)].join(", "),
              secrets.map(({ name }) => name).join(", "),
            ]),
          ),
        );
        return ExitCode.done;
      }),
    );
  connections
    .command("create <name>")
    .description("name an account at a vendor")
    .requiredOption("-v, --vendor <id>", "which one; see `tandem connections vendors`")
    .option("--endpoint <which>", "vendor or sandbox", "vendor")
    .option("-c, --config <name=value>", "what the vendor needs besides secrets; repeat", keyValues, {})
    .option("--smoke-writes <policy>", "none or test-objects", "none")
    .action((name: string, options: ConnectionOptions) =>
      run(async ({ api, output }) => {
        const body = {
          name,
          vendor: options.vendor,
          endpoint: options.endpoint,
          config: parsedValues(options.config),
          smokeWrites: options.smokeWrites,
        };
        const connection = await api.post("/v1/connections", body, Connection);
        output.result(
          connection,
          () =>
            `Connection ${connection.name} (${connection.id}). Next: tandem connections credential ${connection.id} --file secrets.json`,
        );
        return ExitCode.done;
      }),
    );
  connections
    .command("voices <id>")
    .description("have a worker ask the account for its voices, and list them")
    .option("--timeout <seconds>", "how long to wait for a worker", "60")
    .action((id: string, options: { timeout: string }) =>
      run(async ({ api, output }) => {
        await runCheck(api, `/v1/connections/${id}/voices`, Number(options.timeout) * 1000);
        const known = await api.get(`/v1/connections/${id}/voices`, ConnectionVoices);
        output.result(known, () =>
          table(
            ["id", "name", "language", "note"],
            known.voices.map(({ id: voice, name, language, note }) => [voice, name, language ?? "", note]),
          ),
        );
        return ExitCode.done;
      }),
    );
  connections
    .command("rename <id> <name>")
    .description("give a connection another name; whatever uses it goes on with it")
    .action((id: string, name: string) =>
      run(async ({ api, output }) => {
        const response = await api.send(`/v1/connections/${id}`, { method: "PATCH", body: { name } });
        const connection = Connection.parse(await response.json());
        output.result(connection, () => `It is called ${connection.name} now.`);
        return ExitCode.done;
      }),
    );
  connections
    .command("credential <id>")
    .description("store a credential from a JSON file (`-` reads standard input); it is sealed and never shown again")
    .requiredOption("-f, --file <file>", "secret name → value, as JSON")
    .action((id: string, options: { file: string }) =>
      run(async ({ api, output }) => {
        const secrets = await secretsIn(options.file);
        const response = await api.send(`/v1/connections/${id}/credential`, { method: "PUT", body: { secrets } });
        const { version } = CredentialVersion.parse(await response.json());
        output.result({ version }, () => `Credential version ${version} is in force.`);
        return ExitCode.done;
      }),
    );
  connections
    .command("test <id>")
    .description("have a worker try the credential at the vendor")
    .option("--timeout <seconds>", "how long to wait for a worker", "60")
    .action((id: string, options: { timeout: string }) =>
      run(async ({ api, output }) => {
        const result = await runCheck(api, `/v1/connections/${id}/test`, Number(options.timeout) * 1000);
        output.result(result, () => JSON.stringify(result, null, 2));
        return ExitCode.done;
      }),
    );
};
