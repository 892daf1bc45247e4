import { AppError } from "@tandem/kernel";

/** The entity tag of a configuration version. */
export const etag = (version: number): string => `"${version}"`;

/** The version that `If-Match` names; throws `precondition_required` when it is missing and `precondition_failed` when it is no tag of ours. */
export function versionOf(ifMatch: string | undefined): number {
  if (ifMatch === undefined)
    throw new AppError("precondition_required", "A configuration is changed only with the ETag of what was read");
  const match = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch.trim());
  if (match === null) throw new AppError("precondition_failed", "If-Match is not an ETag that this API gave");
  return Number(match[1]);
}
