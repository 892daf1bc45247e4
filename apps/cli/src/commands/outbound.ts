import { OutboundCall, OutboundCallPage } from "@tandem/contracts";
import { ExitCode } from "../exit-code.ts";
import { table, when } from "../views/table.ts";
import type { Register } from "./context.ts";
import { keyValues, parsedValues } from "./key-value.ts";

interface CallOptions {
  readonly lead: Record<string, string>;
  readonly timeZone?: string;
  readonly consentAt: string;
  readonly consentSource: string;
  readonly consentText: string;
}

const pathOf = (deployment: string): string => `/v1/deployments/${encodeURIComponent(deployment)}/outbound-calls`;

/** Call-backs: ask for one, list them. */
export const registerOutbound: Register = (program, run) => {
  const outbound = program.command("outbound").description("call leads back who asked for it");
  outbound
    .command("call <deployment> <number>")
    .description("call a lead back, once for each consent: now, or when calling hours begin")
    .requiredOption("--consent-at <time>", "when they agreed, e.g. 2026-11-25T10:00:00Z")
    .requiredOption("--consent-source <where>", "where they agreed, e.g. the address of the form")
    .requiredOption("--consent-text <text>", "the words they agreed to")
    .option("-l, --lead <name=value>", "what they told, e.g. need=a dashboard; repeat", keyValues, {})
    .option("--time-zone <zone>", "zone of the lead's clock; the deployment's when left out")
    .action((deployment: string, to: string, options: CallOptions) =>
      run(async ({ api, output }) => {
        const consent = { givenAt: options.consentAt, source: options.consentSource, text: options.consentText };
        const body = { to, lead: parsedValues(options.lead), timeZone: options.timeZone ?? null, consent };
        const call = await api.post(pathOf(deployment), body, OutboundCall);
        output.result(call, () => askedFor(to, call));
        return ExitCode.done;
      }),
    );
  outbound
    .command("list <deployment>")
    .description("its call-backs, newest first")
    .action((deployment: string) =>
      run(async ({ api, output }) => {
        const calls = await api.all(pathOf(deployment), OutboundCallPage);
        output.result(calls, () =>
          table(
            ["to", "state", "reason", "due", "call", "asked", "id"],
            calls.map((call) => [
              call.to ?? "–",
              call.state,
              call.reason ?? "–",
              call.dueAt === null ? "–" : when(call.dueAt),
              call.callId ?? "–",
              when(call.createdAt),
              call.id,
            ]),
          ),
        );
        return ExitCode.done;
      }),
    );
};

const askedFor = (to: string, { id, state, dueAt }: OutboundCall): string =>
  state === "scheduled" && dueAt !== null
    ? `${to} is called when calling hours begin: ${when(dueAt)} (${id})`
    : `${to} is called now (${id})`;
