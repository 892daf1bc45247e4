import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { AdvanceOutcome } from "@tandem/engine";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { workspaceRoot } from "../../tools/projects.mjs";
import type { Cut } from "./commit-proxy.ts";
import { Conversation } from "./conversation.ts";
import type { GroundTruth } from "./ground-truth.ts";
import type { PrivateServer } from "./private-server.ts";
import type { VendorCall } from "./remote-vendors.ts";
import type { Strike } from "./strike.ts";

const SCRIPT = join(workspaceRoot, "test/crash/worker.ts");

/** What a worker's questions are answered from. */
export interface Surroundings {
  readonly server: PrivateServer;
  /** The vendors of a tenant. */
  truthOf(tenantId: string): GroundTruth;
}

/** A worker as a child process that may be killed at any moment. */
export class WorkerProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #server: PrivateServer;
  readonly #conversation: Conversation;
  readonly #ready = Promise.withResolvers<void>();
  /** Faults that have struck since it was last armed. */
  #struck = 0;
  #isWireArmed = false;
  readonly logged: string[] = [];

  constructor(name: string, { server, truthOf }: Surroundings) {
    this.name = name;
    this.#server = server;
    this.#child = spawn(process.execPath, ["--conditions=@tandem/source", SCRIPT], {
      cwd: workspaceRoot,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      serialization: "advanced",
      env: {
        ...process.env,
        CRASH_WORKER: name,
        DATABASE_URL: server.url("tandem_worker"),
        CRASH_API_URL: server.url("tandem_api"),
      },
    });
    this.#ready.promise.catch(() => {});
    this.#conversation = new Conversation(this.#child, {
      ready: () => this.#ready.resolve(),
      vendor: (call: VendorCall) => truthOf(call.tenantId).answer(call),
      terminateBackends: async () => void (this.#struck += (await server.terminateBackends(name)) > 0 ? 1 : 0),
      cutAtCommit: (cut: Cut) => {
        this.#isWireArmed = true;
        server.proxy.arm(name, cut);
      },
      aborted: () => void (this.#struck += 1),
      failSerialization: (failures: number) => server.failSerialization(name, failures),
      log: (line: string) => void this.logged.push(line),
    });
    this.#child.once("exit", () => {
      this.#conversation.close();
      this.#ready.reject(new Error(`${name} ended before it was ready`));
    });
  }

  /** Starts one and waits until it can work. */
  static async start(name: string, surroundings: Surroundings): Promise<WorkerProcess> {
    await surroundings.server.register(name);
    const worker = new WorkerProcess(name, surroundings);
    await worker.#ready.promise;
    return worker;
  }

  get isDead(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Rejects with what the engine threw, or `PeerGone` when it died meanwhile. */
  advance(tenantId: string, deploymentId: string): Promise<AdvanceOutcome> {
    return this.#conversation.ask("advance", tenantId, deploymentId);
  }

  /** A person's click, made in this process so that it can be hurt in the same ways. */
  click<Answer>(method: keyof ControlStore, actor: Actor, ...args: readonly unknown[]): Promise<Answer> {
    return this.#conversation.ask("click", method, actor, ...args);
  }

  async arm(strikes: readonly Strike[]): Promise<void> {
    this.#struck = 0;
    this.#isWireArmed = false;
    await this.#conversation.ask("arm", strikes);
  }

  /** Fault points passed since it was last armed, in order. */
  passed(): Promise<readonly string[]> {
    return this.#conversation.ask("passed");
  }

  /** Faults whose point has not been passed yet. */
  left(): Promise<number> {
    return this.#conversation.ask("left");
  }

  /** Takes back what is still armed; answers whether anything has struck since it was armed. */
  async disarm(): Promise<boolean> {
    const wasWireCut = this.#isWireArmed && !this.#server.proxy.disarm(this.name);
    const failures = await this.#server.disarmSerialization(this.name);
    if (!this.isDead) await this.#conversation.ask("arm", []).catch(() => {});
    return this.isDead || wasWireCut || failures > 0 || this.#struck > 0;
  }

  /** Stands still, as when the machine has no time for it. */
  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  wake(): void {
    this.#child.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    if (this.isDead) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}
