import { hash } from "node:crypto";
import { Injectable } from "@nestjs/common";
import { AppError } from "@tandem/kernel";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** Tries of one address of the network per minute, of everybody per minute, and for one account per quarter of an hour. */
const OF_ADDRESS = { points: 20, duration: 60 };
const OF_ALL = { points: 300, duration: 60 };
const OF_ACCOUNT = { points: 10, duration: 900 };

/**
 * Tries to sign in, counted in this process, before any work is done for them. Whatever keeps from counting refuses: nobody may guess
 * uncounted.
 */
@Injectable()
export class SignInBudget {
  private readonly address = new RateLimiterMemory(OF_ADDRESS);
  private readonly all = new RateLimiterMemory(OF_ALL);
  private readonly account = new RateLimiterMemory(OF_ACCOUNT);

  /** Throws `rate_limited`. */
  async spend(address: string, account?: string): Promise<void> {
    await spend(this.address, address);
    await spend(this.all, "all");
    if (account !== undefined) await spend(this.account, keyOf(account));
  }

  /** They have signed in: what was tried before is no guessing. */
  async forgive(account: string): Promise<void> {
    await this.account.delete(keyOf(account));
  }
}

/** Nobody's address is kept as it is. */
const keyOf = (account: string): string => hash("sha256", account.toLowerCase(), "base64");

async function spend(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (spent) {
    const seconds = spent instanceof RateLimiterRes ? Math.max(1, Math.ceil(spent.msBeforeNext / 1000)) : 60;
    throw new AppError("rate_limited", `Too many tries to sign in: wait ${seconds} s`, { retryable: true });
  }
}
