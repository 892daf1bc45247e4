import { Readable } from "node:stream";
import { Controller, Get, Inject, Query, Res } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import {
  AuditCheckpointPage,
  AuditKeys,
  AuditPage,
  AuditQuery,
  AuditVerdict,
  AuditVerifyQuery,
  PageQuery,
} from "@tandem/contracts";
import type { AuditExportLine } from "@tandem/domain/audit";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { type FastifyReply } from "fastify";
import { AuditKeyring } from "../audit/audit-keyring.ts";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

@ApiTags("audit")
@Controller("v1/audit")
export class AuditController {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    private readonly keyring: AuditKeyring,
  ) {}

  /** Newest first. A search looks at a bounded number of rows for each page: while there is a `next`, there may be more. */
  @Get()
  @Allow("audit")
  @ApiOkResponse({ standardSchema: AuditPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: AuditQuery }) query: AuditQuery) {
    const { limit: _limit, cursor: _cursor, ...wanted } = query;
    const filter = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    return Object.keys(filter).length === 0
      ? this.store.audit(actor, pageRequest(query))
      : this.store.searchAudit(actor, filter, pageRequest(query));
  }

  /** The keys that checkpoints are signed with: what an export is verified by. */
  @Get("key")
  @Allow("audit")
  @ApiOkResponse({ standardSchema: AuditKeys })
  key(): AuditKeys {
    return this.keyring.keys();
  }

  /** Signed statements of where the log stood, newest first. */
  @Get("checkpoints")
  @Allow("audit")
  @ApiOkResponse({ standardSchema: AuditCheckpointPage })
  checkpoints(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.auditCheckpoints(actor, pageRequest(query));
  }

  /** Walks the whole log against its checkpoints, and against one that was kept elsewhere. */
  @Get("verify")
  @Allow("audit")
  @ApiOkResponse({ standardSchema: AuditVerdict })
  async verify(@CurrentActor() actor: Actor, @Query({ schema: AuditVerifyQuery }) { seq, hash }: AuditVerifyQuery) {
    if ((seq === undefined) !== (hash === undefined))
      throw new AppError("invalid_input", "`seq` and `hash` go together", { details: { field: "seq" } });
    const expected = seq === undefined || hash === undefined ? undefined : { seq, hash };
    const verdict = await this.store.verifyAudit(actor, expected);
    return { ...verdict, ...(await this.keyring.judged(actor, verdict)) };
  }

  /** The whole log as lines of JSON with its checkpoints, for keeping and for verifying without us. */
  @Get("export")
  @Allow("audit")
  @ApiOkResponse({ content: { "application/x-ndjson": { schema: { type: "string" } } } })
  export(@CurrentActor() actor: Actor, @Res({ passthrough: true }) reply: FastifyReply): Readable {
    void reply
      .header("content-type", "application/x-ndjson")
      .header("content-disposition", 'attachment; filename="audit.ndjson"');
    return Readable.from(linesOf(this.store.exportAudit(actor), this.keyring.keyId), { objectMode: false });
  }
}

/** Lines in pieces of some kilobytes. */
async function* linesOf(lines: AsyncIterable<AuditExportLine>, keyId: string | null): AsyncGenerator<Buffer> {
  let piece = "";
  for await (const line of lines) {
    piece += `${JSON.stringify(line.line === "begin" ? { ...line, keyId } : line)}\n`;
    if (piece.length < 64 * 1024) continue;
    yield Buffer.from(piece);
    piece = "";
  }
  if (piece !== "") yield Buffer.from(piece);
}
