import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AuditKeys, ProofPack } from "@tandem/contracts";
import { proofText } from "@tandem/domain/audit";
import { contentHash } from "@tandem/kernel";
import { isSigned } from "../checkpoint-signature.ts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import type { Register } from "./context.ts";
import { newestRolloutOf } from "./rollout-reference.ts";

interface ProofOptions {
  readonly out: string;
  readonly check?: string;
  readonly key?: string;
}

/** Everything that is known of one rollout, in two files that need nothing else. */
export const registerProof: Register = (program, run) => {
  program
    .command("proof [deployment-or-rollout]")
    .description("one HTML and one JSON file with plan, approvals, smoke test, evidence, faults, audit slice")
    .option("-o, --out <folder>", "where the files are written", ".")
    .option("--check <file>", "check a proof.json instead: its hash and its signature")
    .option("--key <file>", "with --check: JWK set to check by; asked of the server when left out")
    .action((reference: string | undefined, options: ProofOptions) =>
      run(async ({ api, output }) => {
        if (options.check !== undefined) {
          const keys =
            options.key === undefined
              ? await api.get("/v1/audit/key", AuditKeys)
              : AuditKeys.parse(await readJson(options.key));
          const verdict = judged(ProofPack.parse(await readJson(options.check)), keys);
          output.result(verdict, () => verdict.words);
          return verdict.isGenuine ? ExitCode.done : ExitCode.failed;
        }
        if (reference === undefined)
          throw new CommandFailure("Name a deployment, a rollout, or a file with --check.", ExitCode.usage);
        const rollout = await newestRolloutOf(api, reference);
        const path = `/v1/rollouts/${encodeURIComponent(rollout)}/proof`;
        const pack = await api.get(path, ProofPack);
        const page = await (await api.send(`${path}?format=html`, {})).text();
        await mkdir(options.out, { recursive: true });
        const files = {
          json: join(options.out, `proof-${rollout}.json`),
          html: join(options.out, `proof-${rollout}.html`),
        };
        await writeFile(files.json, `${JSON.stringify(pack, null, 2)}\n`, { mode: 0o600 });
        await writeFile(files.html, page, { mode: 0o600 });
        output.result(
          { ...files, contentHash: pack.contentHash },
          () => `Wrote ${files.html}\n      ${files.json}\nSHA-256 ${pack.contentHash}`,
        );
        return ExitCode.done;
      }),
    );
};

function judged({ content, contentHash: stated, signature }: ProofPack, keys: AuditKeys) {
  const hash = contentHash(content);
  if (hash !== stated)
    return { isGenuine: false, words: `CHANGED: the content's hash is ${hash}, the file says ${stated}.` };
  if (signature === null)
    return { isGenuine: false, words: "Not signed: the content is whole, and nobody vouches for it." };
  const isGenuine = isSigned(proofText(hash), signature, keys);
  return {
    isGenuine,
    words: isGenuine
      ? `Genuine: ${hash}, signed with key ${signature.keyId}.`
      : `FORGED: not signed by a key that is known (${signature.keyId}).`,
  };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read as JSON: ${(error as Error).message}`, ExitCode.usage);
  }
}
