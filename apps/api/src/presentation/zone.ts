import type { ReleaseBundle } from "@tandem/domain/release";
import type { Overlay } from "@tandem/domain/tenant";

/** In which zone a deployment's times are read: the one that is configured, else that of the release's opening hours; IANA, null for neither. */
export function zoneOf(overlay: Overlay, release: ReleaseBundle | null): string | null {
  const configured = overlay["timeZone"];
  return typeof configured === "string" ? configured : (release?.answer?.schedule?.timeZone ?? null);
}
