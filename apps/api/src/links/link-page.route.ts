import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import type { ApiConfig } from "@tandem/config";
import { linkRefusals } from "@tandem/domain/gate";
import { AppError, errorCatalog } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import type { LinkClaim, LinkState } from "@tandem/ports/store/gates";
import type { OpenDoorbell } from "@tandem/queue";
import { verifyLinkToken } from "@tandem/secrets";
import { describeError, type Logger } from "@tandem/telemetry";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { storable } from "../problem/storable-input.ts";
import { LinkBudget } from "./link-budget.ts";
import { confirmationPage, donePage, LINK_PAGE_POLICY, refusalPage } from "./link-page.ts";

const PATH = "/links/:token";

interface Parts {
  readonly config: ApiConfig;
  readonly store: ControlStore;
  readonly doorbell: OpenDoorbell;
}

type LinkRequest = FastifyRequest<{ Params: { token: string }; Body: unknown }>;

/** An answer of these routes. */
interface Page {
  readonly status: number;
  readonly html: string;
}

/**
 * The pages behind links of one use: GET asks, POST acts. Beside Nest's pipeline, because their token is the whole of their right and
 * their address must not be logged: the routes log nothing by themselves.
 */
export function registerLinkPages(app: NestFastifyApplication, parts: Parts, logger: Logger): void {
  const pages = new LinkPages(parts);
  const serve =
    (work: (request: LinkRequest) => Promise<Page>) => async (request: LinkRequest, reply: FastifyReply) => {
      const { status, html } = await work(request).catch((error: unknown) => {
        logger.error({ err: describeError(error), requestId: request.id }, "a link could not be served");
        return { status: 503, html: refusalPage("Something went wrong on our side. Try again in a minute.") };
      });
      return reply
        .code(status)
        .headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": LINK_PAGE_POLICY })
        .send(html);
    };
  const server = app.getHttpAdapter().getInstance();
  server.get(
    PATH,
    { logLevel: "silent" },
    serve((request) => pages.ask(request)),
  );
  server.post(
    PATH,
    { logLevel: "silent" },
    serve((request) => pages.act(request)),
  );
}

class LinkPages {
  readonly #parts: Parts;
  readonly #budget = new LinkBudget();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What the link would do, with a form; changes nothing. */
  async ask(request: LinkRequest): Promise<Page> {
    const claim = await this.#claim(request);
    if ("html" in claim) return claim;
    const state = await this.#parts.store.lookAtLink(claim);
    if (state === null) return refused("unknown");
    return state.refusal === null ? { status: 200, html: confirmationPage(state) } : refused(state.refusal);
  }

  /** Does it, once. */
  async act(request: LinkRequest): Promise<Page> {
    const claim = await this.#claim(request);
    if ("html" in claim) return claim;
    const state = await this.#parts.store.lookAtLink(claim);
    try {
      await this.#parts.store.followLink(claim, reasonOf(request.body));
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === "internal") throw error;
      return { status: errorCatalog[error.code].status, html: refusalPage(error.message) };
    }
    return state === null ? refused("unknown") : this.#done(claim, state);
  }

  async #done({ tenantId }: LinkClaim, { link }: LinkState): Promise<Page> {
    await this.#parts.doorbell.ring(tenantId, link.deploymentId);
    return { status: 200, html: donePage(link.action) };
  }

  /** What the token names, or the page that refuses it. */
  async #claim({ params, id: requestId, ip }: LinkRequest): Promise<LinkClaim | Page> {
    const { linkKey, keyPepper } = this.#parts.config;
    const named = verifyLinkToken(linkKey ?? keyPepper, params.token);
    if (named !== null) return (await this.#budget.mayUse(named.linkId)) ? { ...named, requestId } : tooOften();
    if (!(await this.#budget.mayGuess(ip))) return tooOften();
    if (await this.#budget.mayRecord()) await this.#parts.store.recordForgedLink(requestId);
    return refused("unknown");
  }
}

const refused = (reason: keyof typeof linkRefusals): Page => ({
  status: reason === "unknown" ? 404 : 410,
  html: refusalPage(linkRefusals[reason]),
});

const tooOften = (): Page => ({ status: 429, html: refusalPage("Too many requests. Try again in a minute.") });

/** The form's one field; anything else counts as none. */
function reasonOf(body: unknown): string | null {
  const reason = typeof body === "object" && body !== null ? (body as { reason?: unknown }).reason : undefined;
  const words = typeof reason === "string" ? storable(reason.trim().slice(0, 500)) : "";
  return words === "" ? null : words;
}
