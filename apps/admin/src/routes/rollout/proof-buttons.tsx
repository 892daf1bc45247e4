import { Download } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { asProblem, type ApiProblem } from "../../api/problem.ts";
import { Button } from "../../ui/button.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";

type Format = "html" | "json";
const TYPES: Readonly<Record<Format, string>> = { html: "text/html", json: "application/json" };

/** Everything that is known of the rollout, hashed and signed, to take along. */
export function ProofButtons({ tenant, rollout }: { readonly tenant: string; readonly rollout: string }) {
  const [busy, setBusy] = useState<Format | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const take = async (format: Format): Promise<void> => {
    setBusy(format);
    setProblem(null);
    try {
      const proof: unknown = await api.get("/v1/rollouts/{id}/proof", {
        tenant,
        path: { id: rollout },
        query: { format },
      });
      const text = typeof proof === "string" ? proof : `${JSON.stringify(proof, null, 2)}\n`;
      keep(new Blob([text], { type: TYPES[format] }), `proof-${rollout}.${format}`);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(null);
    }
  };
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap gap-2">
        {(["html", "json"] as const).map((format) => (
          <Button
            key={format}
            isBusy={busy === format}
            icon={<Download className="size-4" aria-hidden="true" />}
            onClick={() => void take(format)}
          >
            {format === "html" ? "Proof pack" : "Proof as JSON"}
          </Button>
        ))}
      </div>
      {problem !== null && <ProblemNote problem={problem} />}
    </div>
  );
}

/** Hands a file to the browser's downloads. */
function keep(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
