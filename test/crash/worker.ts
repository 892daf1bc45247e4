// A worker process of the crash matrix: the real engine over the real store. Vendors are asked of the parent, where the ledger is.
import { createEngine } from "@tandem/engine";
import { AppError, idMaker, setFaultHook, systemClock, systemRng } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { openControlStore, openRolloutStore } from "@tandem/store";
import { Conversation } from "./conversation.ts";
import { remoteVendors } from "./remote-vendors.ts";
import { engineSettings } from "./settings.ts";
import { storeIngress } from "./store-ingress.ts";
import { COMMIT_POINT, failuresOf, type Strike } from "./strike.ts";

const name = process.env["CRASH_WORKER"] ?? "worker";
const url = process.env["DATABASE_URL"] ?? "";
const store = openRolloutStore({ url, applicationName: name, maxConnections: 3 });
const control = openControlStore({ url: process.env["CRASH_API_URL"] ?? "", applicationName: name, maxConnections: 2 });

let armed: Strike[] = [];
let passed: string[] = [];

const parent = new Conversation(process, {
  advance: (tenantId: string, deploymentId: string) => engine.advance(tenantId, deploymentId),
  click: (method: keyof ControlStore, ...args: [Actor, ...unknown[]]) => click(method, args),
  arm: (strikes: readonly Strike[]) => void ((armed = [...strikes]), (passed = [])),
  passed: () => passed,
  left: () => armed.length,
});

const engine = createEngine({
  store,
  commands: store,
  vendors: remoteVendors(parent),
  ingress: storeIngress(store),
  clock: systemClock,
  newId: idMaker(systemClock, systemRng),
  installKey: "install-key",
  workerId: `${name}-${process.pid}`,
  settings: engineSettings,
  log: { info: () => {}, warn: () => {}, error: tell },
});

setFaultHook(async (point) => {
  passed.push(point);
  const strike = armed.find((each) => each.point === point);
  if (strike === undefined) return;
  const left = { ...strike, passing: strike.passing - 1 };
  armed = armed.flatMap((each) => (each === strike ? (left.passing === 0 ? [] : [left]) : [each]));
  if (left.passing === 0) await hit(strike);
});

async function hit({ kind, point }: Strike): Promise<void> {
  if (kind === "kill") return void process.kill(process.pid, "SIGKILL");
  if (kind === "abort") {
    parent.ask("aborted").catch(() => {});
    throw new Error(`aborted at ${point}`);
  }
  // A backend dies inside the transaction that comes next: between two there is nothing to lose.
  if (kind === "backend" && point !== COMMIT_POINT)
    return void armed.unshift({ kind, point: COMMIT_POINT, passing: 1 });
  if (kind === "backend") return parent.ask("terminateBackends");
  if (kind === "cut-before" || kind === "cut-after") return parent.ask("cutAtCommit", kind);
  return parent.ask("failSerialization", failuresOf(kind));
}

async function click(method: keyof ControlStore, args: readonly unknown[]): Promise<unknown> {
  const act = control[method] as (...given: readonly unknown[]) => Promise<unknown>;
  return act.apply(control, [...args]);
}

function tell(fields: Readonly<Record<string, unknown>>, message: string): void {
  const { err } = fields;
  const cause = err instanceof AppError || err instanceof Error ? err.message : "";
  parent.ask("log", `${message} (${cause})`).catch(() => {});
}

process.on("disconnect", () => process.exit(0));
parent.ask("ready").catch(() => {});
