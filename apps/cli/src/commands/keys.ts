import { ApiKeyPage, CreatedApiKey } from "@tandem/contracts";
import { ExitCode } from "../exit-code.ts";
import { table, when } from "../views/table.ts";
import type { Register } from "./context.ts";
import { gathered } from "./gathered.ts";

const PATH = "/v1/api-keys";

interface KeyOptions {
  readonly role: string[];
  readonly days: string;
}

/** Keys of the tenant: each person, pipeline and monitor has one of its own, so that the audit log tells them apart. */
export const registerKeys: Register = (program, run) => {
  const keys = program.command("keys").description("API keys of the tenant (tenant administrators)");
  keys
    .command("create <name>")
    .description("make a key; it is shown once")
    .requiredOption(
      "-r, --role <role>",
      "viewer, author, approver, operator, tenant-admin, ci or auditor; repeat",
      gathered,
    )
    .option("--days <number>", "how long it is good", "90")
    .action((name: string, { role, days }: KeyOptions) =>
      run(async ({ api, output }) => {
        const made = await api.post(PATH, { name, roles: role, expiresInDays: Number(days) }, CreatedApiKey);
        output.result(made, () => `${made.key ?? "(shown when it was made)"}\n${made.name}: ${made.roles.join(", ")}`);
        return ExitCode.done;
      }),
    );
  keys
    .command("list", { isDefault: true })
    .description("the tenant's keys, without their secrets")
    .action(() =>
      run(async ({ api, output }) => {
        const made = await api.all(PATH, ApiKeyPage);
        output.result(made, () =>
          table(
            ["id", "name", "roles", "last used", "good until"],
            made.map(({ keyId, name, roles, lastUsedAt, expiresAt, revokedAt }) => [
              keyId,
              name,
              roles.join(", "),
              lastUsedAt === null ? "never" : when(lastUsedAt),
              revokedAt === null ? when(expiresAt) : `revoked ${when(revokedAt)}`,
            ]),
          ),
        );
        return ExitCode.done;
      }),
    );
  keys
    .command("revoke <id>")
    .description("take a key back; it opens nothing after a second")
    .action((id: string) =>
      run(async ({ api, output }) => {
        await api.send(`${PATH}/${encodeURIComponent(id)}`, { method: "DELETE" });
        output.result({ revoked: id }, () => `Revoked ${id}`);
        return ExitCode.done;
      }),
    );
};
