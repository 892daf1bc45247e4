import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import type { ChangeHint } from "@tandem/contracts";
import { useEffect, useSyncExternalStore } from "react";
import type { ApiKey } from "./query.ts";
import { signalValue } from "./signal-value.ts";
import { openStream, type StreamState } from "./stream.ts";

/** One change hint: something of this kind is not what it was; what it is now must be read. */
export type LiveHint = ChangeHint;
/** What changed, as the server's hints name it. */
export type LiveKind = ChangeHint["kind"];

/** Which reads a change of this kind makes stale, by their address. */
const CONCERNS: Readonly<Record<LiveKind, RegExp>> = {
  deployment: /^\/v1\/(deployments|plans|drift|overview|attention|fleet)/,
  rollout: /rollouts|\/v1\/(deployments|overview|attention|approvals|freezes|plans)/,
  plan: /plans/,
  session: /sessions|kpi|latency|outbound-calls|health|\/summary|^\/v1\/(overview|deployments\/\{reference\}$)/,
  incident: /incidents|health|^\/v1\/(overview|attention)/,
  connection: /connections|^\/v1\/(checks|vendors|overview|attention)|\/form$/,
  manifest: /manifests|overlays|playbooks|\/form$/,
  audit: /^\/v1\/(audit|freezes|gate-policies|webhooks|tenants)/,
  access: /^\/v1\/(api-keys|members|invitations|persons|session)/,
};

const state = signalValue<StreamState>("connecting");
const listeners = new Set<(hint: LiveHint) => void>();
/** Hints come in bursts; reads follow once a burst is over. */
const GATHER_MS = 120;
/** How often pages read anew while there is no stream. */
const POLL_MS = 5000;

/** Opens the page's one stream of hints, until the answered function is called. */
export function startLive(client: QueryClient): () => void {
  const stop = new AbortController();
  let wasLost = false;
  void openStream({
    address: "/v1/stream",
    signal: stop.signal,
    onState: (next) => {
      if (next === "open" && wasLost) void client.invalidateQueries({ queryKey: ["api"] });
      if (next === "waiting") wasLost = true;
      if (next === "open") wasLost = false;
      state.set(next);
    },
    onEvent: ({ type, data }) => {
      if (type === "reset") void client.invalidateQueries({ queryKey: ["api"] });
      else if (type === "hint") for (const listener of listeners) listener(JSON.parse(data) as LiveHint);
    },
  });
  return () => stop.abort();
}

export interface Live {
  /** True while changes arrive by themselves. */
  readonly isLive: boolean;
  /** For `useQuery`: reads at intervals while there is no stream. */
  readonly refetchInterval: number | false;
}

/** Calls with every hint, for who keeps something fresh in a way of its own; ends with the answered function. */
export function onHint(listener: (hint: LiveHint) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Keeps what this page reads fresh: hints of these kinds (of this tenant, when given) make the reads they concern stale. */
export function useLive(kinds: readonly LiveKind[], tenant?: string): Live {
  const client = useQueryClient();
  const wanted = kinds.join(" ");
  useEffect(() => {
    const invalidate = gatherHints(client);
    const listener = (hint: LiveHint): void => {
      const isOurs = tenant === undefined || hint.tenant === tenant;
      if (isOurs && wanted.split(" ").includes(hint.kind)) invalidate.add(hint);
    };
    const end = onHint(listener);
    return () => {
      end();
      invalidate.stop();
    };
  }, [client, wanted, tenant]);
  const isLive = useSyncExternalStore(state.subscribe, state.get) === "open";
  return { isLive, refetchInterval: isLive ? false : POLL_MS };
}

/** Whether the stream is open, for the frame's sign. */
export const useLiveState = (): StreamState => useSyncExternalStore(state.subscribe, state.get);

/** True for reads that this change makes stale. */
export function isConcerned(key: readonly unknown[], { kind, tenant }: LiveHint): boolean {
  const [scope, keyTenant, path] = key as Partial<ApiKey>;
  if (scope !== "api" || typeof path !== "string") return false;
  return (keyTenant === null || keyTenant === tenant) && (CONCERNS[kind]?.test(path) ?? false);
}

function gatherHints(client: QueryClient) {
  let gathered: LiveHint[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  const release = (): void => {
    const hints = gathered;
    gathered = [];
    timer = null;
    void client.invalidateQueries({ predicate: ({ queryKey }) => hints.some((hint) => isConcerned(queryKey, hint)) });
  };
  return {
    add(hint: LiveHint): void {
      gathered.push(hint);
      timer ??= setTimeout(release, GATHER_MS);
    },
    stop(): void {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
