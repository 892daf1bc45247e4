import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { api } from "../../api/client.ts";
import type { ApiProblem } from "../../api/problem.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { keepFile } from "../../ui/keep-file.ts";
import { ProblemNote } from "../../ui/problem-note.tsx";

/** The whole log as a file, to be kept elsewhere and verified without us. */
export function ExportButton({ tenant }: { readonly tenant: string }) {
  const refusal = useRefusal(tenant, "audit");
  const take = useMutation<void, ApiProblem>({
    mutationFn: async () => {
      const lines = await api.get("/v1/audit/export", { tenant });
      keepFile(lines, `audit-${tenant}.ndjson`, "application/x-ndjson");
    },
  });
  return (
    <>
      <Button
        icon={<Download className="size-4" aria-hidden="true" />}
        isBusy={take.isPending}
        disabledBecause={refusal}
        onClick={() => take.mutate()}
      >
        Export the whole log
      </Button>
      {take.error !== null && <ProblemNote problem={take.error} />}
    </>
  );
}
