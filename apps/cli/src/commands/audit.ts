import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AuditCheckpoint, AuditCheckpointPage, AuditKeys, AuditVerdict } from "@tandem/contracts";
import type { Command } from "commander";
import type { Api } from "../api.ts";
import { isGenuineCheckpoint } from "../checkpoint-signature.ts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { verifyExport } from "../verify-export.ts";
import { verdictWords } from "../views/audit.ts";
import { table, when } from "../views/table.ts";
import type { Register, Run } from "./context.ts";

interface VerifyOptions {
  readonly checkpoint?: string;
  readonly file?: string;
  readonly key?: string;
}

const EXPORT_DEADLINE_MS = 30 * 60_000;
const VERIFY_DEADLINE_MS = 10 * 60_000;

/** The audit log: prove it whole, carry it away, and prove it without us. */
export const registerAudit: Register = (program, run) => {
  const audit = program.command("audit").description("verify and export the audit log");
  registerVerify(audit, run);
  audit
    .command("export")
    .description("the whole log with its checkpoints, as lines of JSON")
    .option("-o, --out <file>", "write it there instead of standard output")
    .action(({ out }: { out?: string }) =>
      run(async ({ api, output }) => {
        const answer = await api.send("/v1/audit/export", {}, AbortSignal.timeout(EXPORT_DEADLINE_MS));
        const body = Readable.fromWeb(answer.body ?? new Blob([]).stream());
        if (out === undefined) await pipeline(body, process.stdout, { end: false });
        else await pipeline(body, createWriteStream(out, { mode: 0o600 }));
        if (out !== undefined) output.result({ file: out }, () => `Wrote ${out}; tandem audit verify --file ${out}`);
        return ExitCode.done;
      }),
    );
  audit
    .command("checkpoints")
    .description("signed statements of where the log stood, newest first")
    .action(() =>
      run(async ({ api, output }) => {
        const checkpoints = await api.all("/v1/audit/checkpoints", AuditCheckpointPage);
        output.result(checkpoints, () =>
          table(
            ["row", "at", "hash", "key"],
            checkpoints.map(({ seq, at, hash, keyId }) => [String(seq), when(at), hash.slice(0, 16), keyId]),
          ),
        );
        return ExitCode.done;
      }),
    );
  audit
    .command("key")
    .description("the public keys that checkpoints are signed with, as a JWK set")
    .action(() =>
      run(async ({ api, output }) => {
        const keys = await api.get("/v1/audit/key", AuditKeys);
        output.result(keys, () => JSON.stringify(keys, null, 2));
        return ExitCode.done;
      }),
    );
};

function registerVerify(audit: Command, run: Run): void {
  audit
    .command("verify")
    .description("exit code 0 when every row is as it was written, 1 when not")
    .option("--checkpoint <file>", "a checkpoint that was kept outside: the log must still agree with it")
    .option("--file <export>", "verify an export, without the server")
    .option(
      "--key <file>",
      "JWK set that signatures are checked by (tandem audit key --json); asked of the server when left out",
    )
    .action((options: VerifyOptions) =>
      run(async ({ api, output }) => {
        const checkpoint = options.checkpoint === undefined ? null : await readCheckpoint(options.checkpoint);
        const keys = await keysOf(api, options);
        if (checkpoint !== null && keys !== null && !isGenuineCheckpoint(checkpoint, keys))
          throw new CommandFailure(`${options.checkpoint} is not signed by a key that is known.`, ExitCode.failed);
        const verdict =
          options.file === undefined
            ? await verifyThere(api, checkpoint)
            : await verifyExport(options.file, { checkpoint, keys });
        output.result(verdict, () => verdictWords(verdict));
        return verdict.intact ? ExitCode.done : ExitCode.failed;
      }),
    );
}

async function verifyThere(api: Api, checkpoint: AuditCheckpoint | null): Promise<AuditVerdict> {
  const query = checkpoint === null ? "" : `?seq=${checkpoint.seq}&hash=${checkpoint.hash}`;
  const answer = await api.send(`/v1/audit/verify${query}`, {}, AbortSignal.timeout(VERIFY_DEADLINE_MS));
  return AuditVerdict.parse(await answer.json());
}

/** From the file, or the server; null for an export that is verified without either. */
async function keysOf(api: Api, { key, file, checkpoint }: VerifyOptions): Promise<AuditKeys | null> {
  if (key !== undefined) return AuditKeys.parse(await readJson(key));
  if (file !== undefined || checkpoint === undefined) return null;
  return api.get("/v1/audit/key", AuditKeys);
}

async function readCheckpoint(file: string): Promise<AuditCheckpoint> {
  const parsed = AuditCheckpoint.safeParse(await readJson(file));
  if (!parsed.success) throw new CommandFailure(`${file} is no audit checkpoint.`, ExitCode.usage);
  return parsed.data;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read as JSON: ${(error as Error).message}`, ExitCode.usage);
  }
}
