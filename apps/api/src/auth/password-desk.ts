import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import { AppError, Secret } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import type { PersonIdentity } from "@tandem/ports/store/persons";
import { hashPassword, verifyPassword } from "@tandem/secrets";
import { CONFIG, STORE } from "../tokens.ts";
import { SignInBudget } from "./sign-in-budget.ts";

const refused = (): AppError => new AppError("sign_in_refused", "Address or password is wrong");

/** Signing in by password. Beside a provider it is the platform administrators' alone: their way in when the provider is away. */
@Injectable()
export class PasswordDesk {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly budget: SignInBudget,
  ) {}

  /**
   * Whose address and password these are. Throws `sign_in_refused`, in the same words and after the same work, for an address that nobody
   * has, a wrong password, a disabled person and one who signs in at the provider; `rate_limited`.
   */
  async personOf(email: string, password: string, address: string): Promise<string> {
    await this.budget.spend(address, email);
    const candidate = await this.store.signInCandidate(email);
    const fits = await verifyPassword(candidate?.passwordHash ?? null, new Secret(password));
    if (candidate === null || !fits) throw refused();
    if (this.config.oidcIssuer !== null && !candidate.isPlatformAdmin) throw refused();
    await this.budget.forgive(email);
    return candidate.personId;
  }

  /** Throws `sign_in_refused` when it is not the password of the person who is signed in; `rate_limited`. */
  async confirm({ personId }: Pick<PersonIdentity, "personId">, password: string, address: string): Promise<void> {
    await this.budget.spend(address, personId);
    const hash = await this.store.passwordHashOf(personId);
    if (!(await verifyPassword(hash, new Secret(password))))
      throw new AppError("sign_in_refused", "The password is wrong");
    await this.budget.forgive(personId);
  }

  /** Ends every other session of the person. Throws as `confirm`. */
  async change(
    person: PersonIdentity,
    { password, newPassword }: { readonly password: string; readonly newPassword: string },
    asked: { readonly address: string; readonly requestId: string },
  ): Promise<void> {
    await this.confirm(person, password, asked.address);
    const passwordHash = await hashPassword(new Secret(newPassword));
    const change = { passwordHash, keptSessionId: person.sessionId };
    await this.store.changePassword(person.personId, change, asked.requestId);
  }
}
