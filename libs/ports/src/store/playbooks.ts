import type { Instant } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "./control.ts";

/** A playbook as a list shows it: what the tenant may roll out, its own and the library's. */
export interface PlaybookSummary {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** The version published last. */
  readonly lastVersion: string;
  readonly lastPublishedAt: Instant;
  readonly versions: number;
  /** True when the version published last belongs to the library. */
  readonly isLibrary: boolean;
  /** Deployments of the actor's tenant that are made for it; 0 for the platform. */
  readonly deployments: number;
}

/** What people read about playbooks besides their manifests. */
export interface PlaybookReads {
  /** By name. */
  listPlaybooks(actor: Actor, page: PageRequest): Promise<Page<PlaybookSummary>>;
  /** The authored `manifest.yaml` of a version; null when there is none. */
  manifestSource(actor: Actor, hash: string): Promise<string | null>;
}
