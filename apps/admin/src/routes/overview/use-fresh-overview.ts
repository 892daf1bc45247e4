import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { onHint, type LiveKind, useLiveState } from "../../api/live.ts";
import { renewTenant } from "./overview-query.ts";

/** Hints that change a row of the overview. */
const ROW_KINDS: ReadonlySet<LiveKind> = new Set<LiveKind>([
  "deployment",
  "rollout",
  "session",
  "incident",
  "connection",
]);
/** Hints that may bring or end something that needs a person. */
const ATTENTION_KINDS: ReadonlySet<LiveKind> = new Set<LiveKind>(["deployment", "rollout", "incident", "connection"]);
const GATHER_MS = 500;
/** Of more tenants at once everything is read anew. */
const MOST_TENANTS = 8;
/** How often lists are read anew at the most, and while there is no stream at all. */
const WHOLE_MS = 5000;

/**
 * Keeps the overview as it is now: the rows of a tenant are read anew when something of it changes; counts and what needs a person at most
 * every few seconds, however much happens.
 */
export function useFreshOverview(): void {
  const client = useQueryClient();
  const isLive = useLiveState() === "open";
  useEffect(() => {
    if (isLive) return followHints((tenants) => renew(client, tenants));
    const timer = setInterval(() => void renewAll(client), WHOLE_MS);
    return () => clearInterval(timer);
  }, [client, isLive]);
}

type Client = ReturnType<typeof useQueryClient>;

function renew(client: Client, { rows, isUrgent }: Changed): void {
  if (rows.length > MOST_TENANTS) void renewAll(client);
  // Where one tenant cannot be read by itself, the lists are: they try again, and say so when they cannot be read either.
  else for (const tenant of rows) void renewTenant(client, tenant).catch(() => renewAll(client));
  if (isUrgent) void client.invalidateQueries({ queryKey: ["api", null, "/v1/attention"] });
  void client.invalidateQueries({ queryKey: ["api", null, "/v1/overview"] });
}

const renewAll = (client: Client) =>
  Promise.all([
    client.invalidateQueries({ queryKey: ["overview"] }),
    client.invalidateQueries({ queryKey: ["api", null, "/v1/attention"] }),
    client.invalidateQueries({ queryKey: ["api", null, "/v1/overview"] }),
  ]);

interface Changed {
  /** Slugs of the tenants of which rows changed. */
  readonly rows: readonly string[];
  readonly isUrgent: boolean;
}

/** Gathers hints and tells of them together; the longer there is much, the rarer. Exported for tests. */
export function followHints(tell: (changed: Changed) => void): () => void {
  let rows = new Set<string>();
  let isUrgent = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let toldAtMs = -WHOLE_MS;
  const release = (): void => {
    timer = null;
    toldAtMs = performance.now();
    const changed = { rows: [...rows], isUrgent };
    rows = new Set();
    isUrgent = false;
    tell(changed);
  };
  const end = onHint(({ kind, tenant }) => {
    if (!ROW_KINDS.has(kind)) return;
    rows.add(tenant);
    isUrgent ||= ATTENTION_KINDS.has(kind);
    const isMuch = rows.size > MOST_TENANTS;
    timer ??= setTimeout(release, isMuch ? Math.max(GATHER_MS, toldAtMs + WHOLE_MS - performance.now()) : GATHER_MS);
  });
  return () => {
    end();
    if (timer !== null) clearTimeout(timer);
  };
}
