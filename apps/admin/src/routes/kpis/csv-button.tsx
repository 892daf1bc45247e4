import { Download } from "lucide-react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { Button } from "../../ui/button.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import type { Scope, spanQuery } from "./kpi-choices.ts";

interface CsvButtonProps {
  readonly tenant: string;
  readonly deployment: string;
  readonly playbook: string | undefined;
  readonly scope: Scope;
  readonly query: ReturnType<typeof spanQuery>;
}

/** The series as a table for other programs: one line per bucket, release and KPI. */
export function CsvButton({ tenant, deployment, playbook, scope, query }: CsvButtonProps) {
  const isOfPlaybook = scope === "playbook" && playbook !== undefined;
  const take = useWrite({
    tenant,
    send: async () => {
      const text: unknown = isOfPlaybook
        ? await api.get("/v1/kpi-series", { tenant, query: { playbook, ...query, format: "csv" } })
        : await api.get("/v1/deployments/{reference}/kpi-series", {
            tenant,
            path: { reference: deployment },
            query: { ...query, format: "csv" },
          });
      save(String(text), `kpis-${isOfPlaybook ? playbook : deployment}-${query.from.slice(0, 10)}.csv`);
    },
  });
  return (
    <>
      <Button
        icon={<Download className="size-4" aria-hidden="true" />}
        isBusy={take.isPending}
        onClick={() => take.mutate(undefined)}
      >
        CSV
      </Button>
      {take.error !== null && <ProblemNote problem={take.error} />}
    </>
  );
}

function save(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
