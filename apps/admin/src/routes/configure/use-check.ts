import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { ApiProblem } from "../../api/problem.ts";
import { useSettled } from "../../ui/use-settled.ts";
import type { Draft } from "./draft.ts";
import type { Problem } from "./form-field.ts";
import { checkBody, type LayerOf } from "./layer-source.ts";

/** What the server says of the draft a moment after the last change. */
export interface Check {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** `unknown`: nothing has been answered yet, or the person may not ask. */
  readonly state: "unknown" | "checking" | "valid" | "invalid" | "failed";
  /** The release that the draft makes is the one that takes calls. */
  readonly isLive: boolean;
}

const PAUSE_MS = 350;
const PATH = "/v1/deployments/{reference}/configuration/validate";

/** Has the server look at the draft whenever it has not changed for a moment; writes nothing. */
export function useCheck(of: LayerOf, draft: Draft | undefined, isAllowed: boolean): Check {
  const settled = useSettled(draft, PAUSE_MS);
  const { data, error, isFetching } = useQuery({
    queryKey: ["api", of.tenant, PATH, { reference: of.deployment, layer: of.layer, draft: settled }],
    queryFn: async ({ signal }) => {
      if (settled === undefined) throw new Error("there is no draft to check");
      const path = { reference: of.deployment };
      return api
        .post(PATH, { tenant: of.tenant, path, body: checkBody(of.layer, settled), signal })
        .catch((thrown: unknown) => shapeProblems(thrown));
    },
    enabled: settled !== undefined && isAllowed,
    placeholderData: keepPreviousData,
  });
  const isChecking = isFetching || settled !== draft;
  if (error !== null) return { errors: [], warnings: [], state: "failed", isLive: false };
  if (data === undefined) return { errors: [], warnings: [], state: isAllowed ? "checking" : "unknown", isLive: false };
  const state = isChecking ? "checking" : data.isValid ? "valid" : "invalid";
  return { errors: data.errors, warnings: data.warnings, state, isLive: data.isLive };
}

/** A refusal of the shape itself, told as problems of the inputs it names. */
function shapeProblems(thrown: unknown) {
  if (!(thrown instanceof ApiProblem) || thrown.fields.length === 0) throw thrown;
  const errors = thrown.fields.map(({ path, message }): Problem => ({
    severity: "error",
    code: thrown.code,
    message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
    fix: thrown.fix,
    pointer: path,
    field: path.split("/")[2] ?? null,
    path,
    line: null,
    column: null,
  }));
  return { isValid: false, errors, warnings: [] as readonly Problem[], bundleHash: null, isLive: false };
}
