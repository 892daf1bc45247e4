import type { Secret } from "@tandem/kernel";
import { Slot } from "@tandem/domain/slot";
import { signTicket } from "@tandem/secrets";
import { makeLogger } from "@tandem/telemetry";
import { LastKnownGood, type RestoredDeployment } from "../pointer/last-known-good.ts";
import { removeOrder, writeOrder } from "../pointer/operator-file.ts";
import { talkAddress } from "../talk/talk-address.ts";
import { nodeNameOf } from "./node-name.ts";

/** What a command needs of the node's configuration. */
export interface OperatorSettings {
  readonly dataDir: string;
  readonly ticketKey: Secret;
  readonly node: string | null;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly streamUrl: string | null;
}

const USAGE = `Usage, on the node's own machine and with its environment:
  tandem-media pin <deployment> <blue|green>   answer with this slot until the pointer moves again
  tandem-media unpin <deployment>              follow the pointer again
  tandem-media accept-lineage <deployment>     take the database's pointer although its generation is lower
  tandem-media ticket                          a ticket for /nodes and /metrics, valid for a year
  tandem-media talk <deployment> [blue|green]  an address to talk to a slot from a browser: once, within a minute; the active slot when none is named
<deployment> is an id or a name.`;

const YEAR_MS = 365 * 24 * 3_600_000;

/** Orders of an operator to one node, for when the control plane is away. Returns the exit code: 0 done, 1 failed, 2 usage. */
export async function runCommand(
  settings: OperatorSettings,
  words: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const [command, wanted, slotWord] = words;
  if (command === "ticket") {
    print(signTicket(settings.ticketKey, "operations", {}, Date.now() + YEAR_MS));
    return 0;
  }
  const slot = Slot.safeParse(slotWord);
  const isKnown =
    (command === "talk" && (slotWord === undefined || slot.success)) ||
    command === "unpin" ||
    command === "accept-lineage" ||
    (command === "pin" && slot.success);
  if (!isKnown || wanted === undefined) {
    print(USAGE);
    return 2;
  }
  const found = await find(settings, wanted);
  if (typeof found === "string") {
    print(found);
    return 1;
  }
  if (command === "talk") return talk(settings, found, slot.data ?? null, print);
  return obey(settings, { command, slot: slot.data ?? null, found }, print);
}

function talk(
  { ticketKey, node, host, port, publicUrl, streamUrl }: OperatorSettings,
  { deployment }: RestoredDeployment,
  wanted: Slot | null,
  print: (line: string) => void,
): number {
  const { active } = deployment.pointer;
  const slot = wanted ?? (active === "none" ? null : active);
  const name = nodeNameOf({ node, host, port });
  const of = { name, origin: streamUrl ?? publicUrl, ticketKey };
  const address = slot === null ? null : talkAddress(of, deployment, slot, Date.now());
  print(address ?? `${deployment.deploymentId} has nothing to talk to in slot ${slot ?? "none"}.`);
  return address === null ? 1 : 0;
}

async function obey(
  { dataDir, ticketKey }: OperatorSettings,
  { command, slot, found }: { command: string; slot: Slot | null; found: RestoredDeployment },
  print: (line: string) => void,
): Promise<number> {
  const { deploymentId, pointer, slots } = found.deployment;
  if (command === "unpin") {
    await removeOrder(dataDir, deploymentId);
    print(`${deploymentId} follows the pointer again within a second.`);
  } else if (command === "accept-lineage") {
    await writeOrder(dataDir, ticketKey, deploymentId, { order: "accept-lineage", madeAtMs: Date.now() });
    print(`${deploymentId} takes the database's pointer, whatever its generation, within the next 15 minutes.`);
  } else if (slot === null || slots[slot].bundleHash === null || found.bundles[slot] === undefined) {
    print(`Slot ${slot} of ${deploymentId} holds nothing to answer with.`);
    return 1;
  } else {
    await writeOrder(dataDir, ticketKey, deploymentId, {
      order: "pin",
      slot,
      generation: pointer.generation,
      madeAtMs: Date.now(),
    });
    print(
      `${deploymentId} is answered by ${slot} on this node within a second, until the pointer moves past generation ${pointer.generation}.`,
    );
  }
  return 0;
}

/** By id or by name, among what this node last knew; a text says why none was found. */
async function find({ dataDir, ticketKey }: OperatorSettings, wanted: string): Promise<RestoredDeployment | string> {
  const known = await new LastKnownGood(
    dataDir,
    ticketKey,
    makeLogger({ app: "media", level: "error", isPretty: false }),
  ).read();
  const nameOf = (each: RestoredDeployment) => (each.bundles.blue ?? each.bundles.green)?.deployment.name;
  const found = known.filter((each) => each.deployment.deploymentId === wanted || nameOf(each) === wanted);
  if (found.length > 1)
    return `${wanted} is the name of ${found.length} deployments: ${found.map((each) => each.deployment.deploymentId).join(", ")}.`;
  return found[0] ?? `This node knows no deployment ${wanted}.`;
}
