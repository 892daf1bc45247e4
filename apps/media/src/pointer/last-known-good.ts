import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { timingSafeEqual } from "node:crypto";
import { contentHash, type Json, type Secret } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Slot } from "@tandem/domain/slot";
import type { ServedDeployment } from "@tandem/ports/store/pointer-feed";
import { seal } from "@tandem/secrets";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { readIfPresent, writeAtomically } from "../disk/atomic-file.ts";
import type { Served } from "./served.ts";

/** What one signed file holds; bundles lie beside it under their own hash, credentials stay sealed. */
interface StoredDeployment {
  readonly deployment: ServedDeployment;
  readonly activeSince: Served["activeSince"];
}

export interface RestoredDeployment extends StoredDeployment {
  readonly bundles: Partial<Record<Slot, ReleaseBundle>>;
}

/** The signed copy of everything this node needs to answer after a restart while the database is away (ruling 24). */
export class LastKnownGood {
  readonly #folder: string;
  readonly #key: Secret;
  readonly #alarm: (error: unknown) => void;
  readonly #waiting = new Map<string, Served>();
  readonly #bundlesOnDisk = new Set<string>();
  #writing: Promise<void> | null = null;

  constructor(dataDir: string, key: Secret, log: Logger) {
    this.#folder = join(dataDir, "last-known-good");
    this.#key = key;
    this.#alarm = rateLimited(10_000, (leftOut, error) =>
      log.error({ err: error, leftOut }, "the last-known-good copy cannot be written or read"),
    );
  }

  /** What `read` answers, for the node that owns the folder: bundles that no deployment needs any more go, when every file is whole. */
  async load(): Promise<readonly RestoredDeployment[]> {
    const { whole, isComplete } = await this.#readAll();
    if (isComplete) await this.#removeUnused(whole);
    return whole;
  }

  /** Every deployment whose file is genuine and whose bundles are whole; damaged or forged ones are left out and alarmed. Changes nothing. */
  async read(): Promise<readonly RestoredDeployment[]> {
    return (await this.#readAll()).whole;
  }

  async #readAll(): Promise<{ whole: readonly RestoredDeployment[]; isComplete: boolean }> {
    await mkdir(join(this.#folder, "bundles"), { recursive: true, mode: 0o700 });
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(".json"));
    const restored = await Promise.all(names.map((name) => this.#loadOne(name)));
    const whole = restored.filter((each) => each !== null);
    return { whole, isComplete: whole.length === names.length };
  }

  /** Queues the newest state of a deployment; writing never delays a call. */
  save(served: Served): void {
    this.#waiting.set(served.deployment.deploymentId, served);
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = null));
  }

  async remove(deploymentId: string): Promise<void> {
    this.#waiting.delete(deploymentId);
    await rm(join(this.#folder, `${deploymentId}.json`), { force: true });
  }

  /** Resolves when what was saved so far is on disk. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (const [id, served] of this.#waiting) {
      this.#waiting.delete(id);
      await this.#writeOne(served).catch(this.#alarm);
    }
  }

  async #writeOne({ deployment, bundles, activeSince }: Served): Promise<void> {
    for (const bundle of Object.values(bundles)) await this.#writeBundle(bundle);
    const text = JSON.stringify({ deployment, activeSince } satisfies StoredDeployment);
    const signed = JSON.stringify({ seal: seal(this.#key, "last-known-good", text), text });
    await writeAtomically(join(this.#folder, `${deployment.deploymentId}.json`), signed);
  }

  async #writeBundle(bundle: ReleaseBundle): Promise<void> {
    const hash = contentHash(bundle as unknown as Json);
    if (this.#bundlesOnDisk.has(hash)) return;
    await writeAtomically(join(this.#folder, "bundles", `${hash}.json`), JSON.stringify(bundle));
    this.#bundlesOnDisk.add(hash);
  }

  async #loadOne(name: string): Promise<RestoredDeployment | null> {
    try {
      const stored = this.#verified((await readIfPresent(join(this.#folder, name))) ?? "");
      const bundles: Partial<Record<Slot, ReleaseBundle>> = {};
      for (const slot of ["blue", "green"] as const) {
        const hash = stored.deployment.slots[slot].bundleHash;
        if (hash !== null) bundles[slot] = await this.#loadBundle(hash);
      }
      return { ...stored, bundles };
    } catch (error) {
      this.#alarm(new Error(`${name}: ${error instanceof Error ? error.message : "unreadable"}`));
      return null;
    }
  }

  #verified(content: string): StoredDeployment {
    const { seal: given, text } = JSON.parse(content) as { seal: string; text: string };
    const wanted = Buffer.from(seal(this.#key, "last-known-good", text));
    const presented = Buffer.from(given);
    if (presented.length !== wanted.length || !timingSafeEqual(presented, wanted))
      throw new Error("not signed by this installation");
    return JSON.parse(text) as StoredDeployment;
  }

  async #loadBundle(hash: string): Promise<ReleaseBundle> {
    const bundle = JSON.parse(
      (await readIfPresent(join(this.#folder, "bundles", `${hash}.json`))) ?? "null",
    ) as ReleaseBundle;
    if (contentHash(bundle as unknown as Json) !== hash) throw new Error(`bundle ${hash} is missing or damaged`);
    this.#bundlesOnDisk.add(hash);
    return bundle;
  }

  async #removeUnused(restored: readonly RestoredDeployment[]): Promise<void> {
    const used = new Set(
      restored.flatMap(({ deployment }) => Object.values(deployment.slots).map((slot) => slot.bundleHash)),
    );
    for (const name of await readdir(join(this.#folder, "bundles"))) {
      if (!used.has(name.replace(/\.json$/, ""))) await rm(join(this.#folder, "bundles", name), { force: true });
    }
  }
}
