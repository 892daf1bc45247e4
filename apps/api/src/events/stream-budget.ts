import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import { AppError } from "@tandem/kernel";
import { CONFIG } from "../tokens.ts";

/** Bounds the streams of changes that one person or one tenant's keys have open in this process. */
@Injectable()
export class StreamBudget {
  private readonly open = new Map<string, number>();

  constructor(@Inject(CONFIG) private readonly config: ApiConfig) {}

  /** Throws `rate_limited`. */
  async within(whose: string, work: () => Promise<void>): Promise<void> {
    const open = this.open.get(whose) ?? 0;
    if (open >= this.config.eventStreamsPerTenant)
      throw new AppError("rate_limited", `${open} streams are open already`, { retryable: true });
    this.open.set(whose, open + 1);
    try {
      await work();
    } finally {
      const left = (this.open.get(whose) ?? 1) - 1;
      if (left > 0) this.open.set(whose, left);
      else this.open.delete(whose);
    }
  }
}
