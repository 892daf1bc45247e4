import { GatePolicyState } from "@tandem/contracts";
import type { JsonObject } from "@tandem/kernel";
import type { Api } from "../api.ts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { policyWords } from "../views/gate.ts";
import type { Register } from "./context.ts";
import { keyValues, parsedValues } from "./key-value.ts";

const pathOf = (environment: string): string => `/v1/gate-policies/${encodeURIComponent(environment)}`;

/** What rollouts of an environment must pass; with a platform key, what holds for tenants without a policy of their own. */
export const registerGatePolicies: Register = (program, run) => {
  const policies = program.command("policy").description("what rollouts of an environment must pass");
  policies
    .command("get <environment>")
    .description("the policy in force, and whose it is")
    .action((environment: string) =>
      run(async ({ api, output }) => {
        const state = await api.get(pathOf(environment), GatePolicyState);
        output.result(state, () => policyWords(state));
        return ExitCode.done;
      }),
    );
  policies
    .command("set <environment> <member=value...>")
    .description(
      'change members, e.g. approvals=2 mayLoosen=false \'costCap={"perCallMicros":250000,"perMonth":null}\'',
    )
    .action((environment: string, assignments: string[]) =>
      run(async ({ api, output }) => {
        const values = assignments.reduce<Record<string, string>>((all, next) => keyValues(next, all), {});
        const state = await changed(api, environment, parsedValues(values));
        output.result(state, () => policyWords(state));
        return ExitCode.done;
      }),
    );
};

/** Over the version that was read. */
async function changed(api: Api, environment: string, members: JsonObject): Promise<GatePolicyState> {
  const response = await api.send(pathOf(environment), {});
  const etag = response.headers.get("etag");
  if (etag === null) throw new CommandFailure("The API gave no ETag.", ExitCode.failed);
  const { policy } = GatePolicyState.parse(await response.json());
  const body = { ...policy, ...members };
  const answer = await api.send(pathOf(environment), { method: "PUT", body, headers: { "if-match": etag } });
  return GatePolicyState.parse(await answer.json());
}
