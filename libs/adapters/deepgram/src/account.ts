import { VendorError } from "@tandem/kernel";
import type { ConnectionContext } from "@tandem/ports/adapter";
import type { CredentialProbe, Probe } from "@tandem/ports/probe";
import { vendorCalls } from "@tandem/ports/vendor-call";
import type { z } from "zod";
import { originOf } from "./client.ts";
import { DeepgramConfig } from "./descriptor.ts";
import { readFailure, RefusedRequest } from "./errors.ts";
import { KeysAnswer, ProjectsAnswer } from "./wire.ts";

const MOST_WORDS = 2000;

/**
 * Answers for a key: the project that it belongs to, and its scopes where it is the project's only key and may read keys (Deepgram does
 * not tell which of several keys one is). Throws a ZodError for a config that the descriptor's schema refuses.
 */
export function openAccount(context: ConnectionContext): Probe {
  DeepgramConfig.parse(context.config);
  const apiKey = context.secrets["apiKey"]?.reveal() ?? "";
  const origin = originOf(context);
  const { clock, deadlineMs } = context;
  const calls = vendorCalls({ vendor: "deepgram", clock, deadlineMs, readFailure, hidden: () => [apiKey] });
  const get = async <Schema extends z.ZodType>(path: string, schema: Schema, signal: AbortSignal) =>
    schema.parse(
      await answerOf(
        await fetch(origin + path, { headers: { authorization: `Token ${apiKey}` }, redirect: "error", signal }),
      ),
    );
  return {
    probe: () =>
      calls.run("probe", async ({ read }): Promise<CredentialProbe> => {
        const { projects } = await read((signal) => get("/v1/projects", ProjectsAnswer, signal));
        const [project] = projects;
        if (project === undefined)
          return { account: "no project", grantedScopes: null, expiresAt: null, status: "unknown" };
        const keys = `/v1/projects/${encodeURIComponent(project.project_id)}/keys`;
        const grantedScopes = await read((signal) => get(keys, KeysAnswer, signal)).then(scopesOf, unlessForbidden);
        return { account: project.name ?? project.project_id, grantedScopes, expiresAt: null, status: "active" };
      }),
  };
}

/** Roles that a key can have instead of single scopes, and that may transcribe and speak. */
const ROLES: readonly string[] = ["owner", "admin", "member"];

function scopesOf({ api_keys }: z.infer<typeof KeysAnswer>): readonly string[] | null {
  const scopes = api_keys.length === 1 ? api_keys[0]?.api_key?.scopes : null;
  if (scopes === null || scopes === undefined) return null;
  return scopes.some((scope) => ROLES.includes(scope)) ? [...scopes, "usage:write"] : scopes;
}

/** A key that may speak and transcribe need not be allowed to read keys: its scopes are then not known. */
function unlessForbidden(error: unknown): null {
  if (error instanceof VendorError && error.facts.fault === "forbidden") return null;
  throw error;
}

async function answerOf(response: Response): Promise<unknown> {
  if (response.ok) return response.json();
  throw new RefusedRequest(response, wordsOf((await response.text()).slice(0, MOST_WORDS)));
}

/** Deepgram's sentence in either of its error bodies; the text itself when it is neither. */
function wordsOf(text: string): string {
  try {
    const body = JSON.parse(text) as { err_msg?: unknown; message?: unknown };
    const words = body.err_msg ?? body.message;
    return typeof words === "string" ? words : "";
  } catch {
    return "";
  }
}
