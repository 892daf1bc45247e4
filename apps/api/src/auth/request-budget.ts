import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import { AppError } from "@tandem/kernel";
import { type FastifyReply } from "fastify";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { CONFIG } from "../tokens.ts";

/** Requests per key and minute, counted in this process. */
@Injectable()
export class RequestBudget {
  private readonly limiter: RateLimiterMemory;

  constructor(@Inject(CONFIG) config: ApiConfig) {
    this.limiter = new RateLimiterMemory({ points: config.requestsPerMinute, duration: 60 });
  }

  /** Throws `rate_limited` with `Retry-After` once the budget is spent. */
  async spend(subject: string, reply: FastifyReply): Promise<void> {
    try {
      await this.limiter.consume(subject);
    } catch (spent) {
      if (!(spent instanceof RateLimiterRes)) throw spent;
      const seconds = Math.max(1, Math.ceil(spent.msBeforeNext / 1000));
      void reply.header("retry-after", String(seconds));
      throw new AppError("rate_limited", `The budget of this key is spent; it is renewed in ${seconds} s`, {
        retryable: true,
      });
    }
  }
}
