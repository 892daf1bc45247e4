import { VendorError } from "@tandem/kernel";
import { type Finding, percentile } from "@tandem/domain/plan";
import type { AccountRole } from "@tandem/domain/tenant";
import type { OpenConnection } from "@tandem/ports/adapter";
import { roleOfTool } from "../smoke/tool-role.ts";
import { ask, connectionAddress } from "./ask.ts";
import { finding } from "./finding.ts";
import type { Check, PreflightFacts } from "./check.ts";
import { whileHolding } from "./while-holding.ts";

/** After this time no further sample is begun. */
const ENOUGH_AFTER_MS = 3000;
const MOST_LANES = 4;
const ROLES = ["telephony", "voiceAgent", "calendar", "crm"] as const satisfies readonly AccountRole[];

/**
 * How fast each account answers one small read from here, as often as the settings say: p50 and p95, against the time that the release's
 * tools give the vendor while a caller waits. All accounts at the same time, each within its own limit of requests.
 */
export const checkVendorLatency: Check = async (facts) => {
  if (facts.observer.context.settings.vendorSamples === 0) return [];
  const accounts = ROLES.flatMap((role) => {
    const connectionId = facts.bundle.connections[role]?.connectionId;
    return connectionId === undefined || facts.broken.has(connectionId) ? [] : [{ role, connectionId }];
  });
  const measured = await whileHolding(facts, () => Promise.all(accounts.map((account) => measure(facts, account))));
  const timings = measured.flatMap(({ timing }) => (timing === null ? [] : [timing]));
  return [
    ...measured.flatMap(({ findings }) => findings),
    ...note(timings),
    ...timings.flatMap((one) => judge(facts, one)),
  ];
};

interface Account {
  readonly role: (typeof ROLES)[number];
  readonly connectionId: string;
}

interface Timing extends Account {
  readonly name: string;
  /** Milliseconds. */
  readonly samplesMs: readonly number[];
}

async function measure(
  facts: PreflightFacts,
  account: Account,
): Promise<{ readonly timing: Timing | null; readonly findings: readonly Finding[] }> {
  let timing: Timing | null = null;
  const findings = await ask(
    { ...facts, observer: { ...facts.observer, beforeCall: async () => {} } },
    account.connectionId,
    async (connection) => {
      const read = smallRead(facts, account.role, connection);
      if (read === null) return [];
      const samplesMs = await sample(facts, lanesOf(facts, account), read);
      timing = { ...account, name: nameOf(facts, account), samplesMs };
      return [];
    },
  );
  return { timing, findings };
}

/** One read as calls make it, too; null where the port has none without an object that does not exist yet. */
function smallRead(
  { bundle, view, target }: PreflightFacts,
  role: Account["role"],
  { telephony, voiceAgent, calendar, crm }: OpenConnection,
): (() => Promise<unknown>) | null {
  const { number } = bundle.deployment;
  if (role === "telephony")
    return telephony === undefined || number === null ? null : () => telephony.readRouting(number);
  if (role === "voiceAgent") return voiceAgent === undefined ? null : () => voiceAgent.concurrency();
  if (role === "crm") return crm === undefined ? null : () => crm.findTestContact("latency@example.com");
  const resource = bundle.tools.find(({ operation }) => operation.startsWith("calendar."))?.resource;
  const id = view.bindings.find(
    ({ address, slot }) => address === resource && (slot === null || slot === target),
  )?.externalId;
  return calendar === undefined || id == null ? null : () => calendar.findByKey(id, "latency0");
}

/** Half of what the vendor allows in a second goes at the same time, at the most. */
const lanesOf = ({ bundle, observer }: PreflightFacts, { role }: Account): number => {
  const { limits } = observer.context.vendors.descriptor(bundle.connections[role]?.vendor ?? "");
  return Math.max(1, Math.min(MOST_LANES, Math.floor(limits.requestsPerSecond / 2)));
};

/** Times as many reads as are wanted, fewer when time runs out or the vendor has had enough. The first error counts when nothing answered. */
async function sample(
  { observer }: PreflightFacts,
  lanes: number,
  read: () => Promise<unknown>,
): Promise<readonly number[]> {
  const { clock, settings } = observer.context;
  const samplesMs: number[] = [];
  const startedMs = clock.monotonicMs();
  await read(); // the connection is made, and the token fetched
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < settings.vendorSamples && clock.monotonicMs() - startedMs < ENOUGH_AFTER_MS) {
      begun += 1;
      const sentMs = clock.monotonicMs();
      await read();
      samplesMs.push(clock.monotonicMs() - sentMs);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = ended.find((one) => one.status === "rejected");
  if (failed !== undefined && (samplesMs.length === 0 || !(failed.reason instanceof VendorError))) throw failed.reason;
  return samplesMs;
}

function nameOf({ bundle, view }: PreflightFacts, { role, connectionId }: Account): string {
  const region = view.connections.find(({ id }) => id === connectionId)?.config["region"];
  const vendor = bundle.connections[role]?.vendor ?? role;
  return typeof region === "string" ? `${vendor} ${region}` : vendor;
}

const p50Of = ({ samplesMs }: Timing): number => Math.round(percentile(samplesMs, 0.5));
const p95Of = ({ samplesMs }: Timing): number => Math.round(percentile(samplesMs, 0.95));

function note(timings: readonly Timing[]): Finding[] {
  const measured = timings.filter(({ samplesMs }) => samplesMs.length > 0);
  if (measured.length === 0) return [];
  const parts = measured.map((one) => `${one.name} ${p50Of(one)}/${p95Of(one)} ms of ${one.samplesMs.length}`);
  return [finding("vendors-measured", "connections", `p50/p95: ${parts.join(", ")}`)];
}

/** The shortest time that a tool gives the vendor decides: beyond it the caller hears that it did not work. */
function judge(facts: PreflightFacts, timing: Timing): Finding[] {
  const tools = facts.bundle.tools.filter((tool) => roleOfTool(tool) === timing.role);
  const budgetMs = Math.min(...tools.map(({ timeoutMs }) => timeoutMs));
  if (timing.samplesMs.length === 0 || p95Of(timing) <= budgetMs) return [];
  const address = connectionAddress(facts, timing.connectionId);
  const detail = `${timing.name}: p50 ${p50Of(timing)} ms, p95 ${p95Of(timing)} ms; the tools wait ${budgetMs} ms`;
  const isHopeless = p50Of(timing) > budgetMs && facts.bundle.deployment.environment === "production";
  return [finding(isHopeless ? "vendor-too-slow" : "vendor-slow", address, detail)];
}
