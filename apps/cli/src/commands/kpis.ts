import { KpiReport } from "@tandem/contracts";
import { ExitCode } from "../exit-code.ts";
import { kpiTables } from "../views/kpi.ts";
import type { Register } from "./context.ts";

interface KpiOptions {
  readonly window?: string;
  readonly release?: string;
}

/** KPIs of the active release and the one before, side by side. */
export const registerKpis: Register = (program, run) => {
  program
    .command("kpis <deployment>")
    .description("KPIs of the active release beside the one before, with sample sizes, and the service's own shares")
    .option("--window <day|week>", "one window for all; each KPI's own when absent")
    .option("--release <hash>", "only this release")
    .action((deployment: string, options: KpiOptions) =>
      run(async ({ api, output }) => {
        const query = new URLSearchParams(Object.entries(options) as [string, string][]).toString();
        const path = `/v1/deployments/${encodeURIComponent(deployment)}/kpis${query === "" ? "" : `?${query}`}`;
        const report = await api.get(path, KpiReport);
        output.result(report, () => kpiTables(report, output.paint));
        return ExitCode.done;
      }),
    );
};
