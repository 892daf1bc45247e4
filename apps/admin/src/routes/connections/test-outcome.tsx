import { counted } from "@tandem/kernel";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { read } from "../../api/query.ts";
import { KeyValue } from "../../ui/key-value.tsx";
import { Note } from "../../ui/note.tsx";
import { Spinner } from "../../ui/spinner.tsx";
import { Time } from "../../ui/time.tsx";
import type { Standing } from "./standing.ts";

const POLL_MS = 800;

/** How a connection stands, read anew at once while a worker tests or verifies it. */
export const useStanding = (tenant: string, connection: string, refetchInterval: number | false) =>
  useQuery({
    ...read("/v1/connections/{id}/standing", { tenant, path: { id: connection } }),
    refetchInterval: ({ state: { data } }) =>
      data?.lastTest?.state === "pending" || data?.credential?.state === "pending" ? POLL_MS : refetchInterval,
  });

/** What the vendor said the last time it was asked. */
export function TestOutcome({ test, actions }: { readonly test: Standing["lastTest"]; readonly actions?: ReactNode }) {
  if (test === null) return <Note title="Not tested yet" actions={actions} />;
  if (test.state === "pending")
    return (
      <Note tone="busy" title="Testing" actions={<Spinner />}>
        A worker opens the connection and asks the vendor who we are and what we may do.
      </Note>
    );
  if (test.state === "failed")
    return (
      <Note tone="bad" title="The test failed" isAlert actions={actions}>
        <p>{test.detail}</p>
        <p className="mt-1 text-sm text-ink-faint">
          Code <code className="font-mono">{test.code}</code>
        </p>
      </Note>
    );
  const { shown } = test;
  const missing = shown?.missingScopes?.length ?? 0;
  return (
    <Note
      tone={missing > 0 ? "warn" : "good"}
      title={missing > 0 ? `It works, but ${counted(missing, "scope is", "scopes are")} missing` : "It works"}
      actions={actions}
    >
      <div className="mt-2">
        <KeyValue
          entries={[
            ["Account", shown?.account ?? "the vendor does not tell"],
            ["Status", shown?.status ?? "unknown"],
            [
              "Credential ends",
              shown?.expiresAt == null ? "never, or the vendor does not tell" : <Time at={shown.expiresAt} />,
            ],
          ]}
        />
      </div>
    </Note>
  );
}
