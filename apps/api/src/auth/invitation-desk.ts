import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import type { ClaimInvitation } from "@tandem/contracts";
import { AppError, Secret } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import type { Claim, InvitationView } from "@tandem/ports/store/persons";
import { hashBearerToken, hashPassword, verifyPassword } from "@tandem/secrets";
import { InvalidInput } from "../problem/invalid-input.ts";
import { CONFIG, STORE } from "../tokens.ts";
import { SignInBudget } from "./sign-in-budget.ts";

/** How somebody takes an invitation. */
export type ClaimHow = "new-password" | "own-password" | "provider";

const SHORTEST_PASSWORD = 12;

const refused = (): AppError =>
  new AppError("invitation_refused", "The link is used up, too old, taken back, or not one of ours");

/** Links of invitation, and the first run's, as their holders use them. */
@Injectable()
export class InvitationDesk {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly budget: SignInBudget,
  ) {}

  /** What the link is about; throws `invitation_refused`, `rate_limited`. */
  async look(token: string, address: string): Promise<InvitationView & { readonly how: ClaimHow }> {
    await this.budget.spend(address);
    const hash = hashBearerToken(this.config.keyPepper, "invitation", token);
    const view = hash === null ? null : await this.store.lookAtInvitation(hash);
    if (view === null) throw refused();
    return { ...view, how: this.howOf(view) };
  }

  /** Uses the link up and answers whose it was. Throws `invitation_refused`, `sign_in_refused`, `invalid_input`, `rate_limited`. */
  async claim(body: ClaimInvitation, asked: { address: string; requestId: string }): Promise<{ personId: string }> {
    const view = await this.look(body.token, asked.address);
    if (view.how === "provider")
      throw new AppError("invitation_refused", "Sign in at the identity provider with the address that was invited");
    const claim = await this.claimOf(view, body, asked.address);
    const hash = hashBearerToken(this.config.keyPepper, "invitation", body.token);
    if (hash === null) throw refused();
    return this.store.claimInvitation(hash, claim, asked.requestId);
  }

  private howOf({ kind, isKnown }: InvitationView): ClaimHow {
    if (kind === "first-run") return "new-password";
    if (this.config.oidcIssuer !== null) return "provider";
    return isKnown ? "own-password" : "new-password";
  }

  private async claimOf(view: InvitationView, body: ClaimInvitation, address: string): Promise<Claim> {
    const password = new Secret(body.password);
    if (view.isKnown) {
      await this.budget.spend(address, view.email ?? "");
      if (!(await verifyPassword(view.passwordHash, password)))
        throw new AppError("sign_in_refused", "The password is wrong");
      return { email: view.email, name: "", passwordHash: null };
    }
    const places = [
      ...(body.name === undefined ? [{ path: "/name", message: "is needed of a new person" }] : []),
      ...(view.email === null && body.email === undefined ? [{ path: "/email", message: "is needed here" }] : []),
      ...(body.password.length < SHORTEST_PASSWORD ? [tooShort] : []),
    ];
    if (places.length > 0) throw new InvalidInput(places);
    return {
      email: view.email ?? body.email ?? null,
      name: body.name ?? "",
      passwordHash: await hashPassword(password),
    };
  }
}

const tooShort = { path: "/password", message: `must have at least ${SHORTEST_PASSWORD} characters` };
