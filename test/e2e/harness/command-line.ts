import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { workspaceRoot } from "../../../tools/projects.mjs";
import { nodePath } from "../../../tools/up/processes.mjs";

/** What a command printed and answered to the shell. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into results of any shape
  json(): any;
}

/** Runs the built `tandem` as CI does: no terminal, address and key in the environment. */
export async function tandem(
  client: { readonly origin: string; readonly key: string },
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const environment = {
    PATH: process.env["PATH"] ?? "",
    TANDEM_URL: client.origin,
    TANDEM_API_KEY: client.key,
    ...variables,
  };
  const child = spawn(nodePath, [join(workspaceRoot, "apps/cli/bin/tandem.mjs"), ...words], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const [code] = (await once(child, "close")) as [number];
  const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString();
  return { code, out: text(out), err: text(err), json: () => JSON.parse(text(out)) };
}
