import { isJsonObject, type Json } from "@tandem/kernel";
import { exactTemplate, type Manifest, parsePath, type Path } from "../manifest/index.ts";

/** Where in a deployment's configuration something stands that a release was found wrong for. */
export interface ConfigurationPlace {
  /** Below the configuration: `["overlay", "ringSeconds"]`, `["tenantOverlay", …]`, `["connections", role]`, `["number"]`. */
  readonly path: Path;
  /** The parameter or role; null for the number. */
  readonly field: string | null;
}

/**
 * The place behind the path of a diagnostic of `compileRelease`; null when nothing in the configuration is to blame. A path in a section of
 * the manifest leads to the parameter that was filled in there.
 */
export function placeInConfiguration(manifest: Manifest, path: string): ConfigurationPlace | null {
  if (path === "deployment.number") return { path: ["number"], field: null };
  if (path.startsWith("connections.")) {
    const role = path.slice("connections.".length);
    return { path: ["connections", role], field: role };
  }
  const [head, ...rest] = parsePath(path) ?? [];
  if (head === "deployment-overlay") return inOverlay("overlay", rest);
  if (head === "tenant-overlay") return inOverlay("tenantOverlay", rest);
  if (head === "parameters") return inOverlay("overlay", rest.slice(0, 1));
  return head === undefined ? null : behindTemplate(manifest as unknown as Json, [head, ...rest]);
}

const inOverlay = (layer: string, path: Path): ConfigurationPlace => ({
  path: [layer, ...path],
  field: path[0] === undefined ? null : String(path[0]),
});

/** Goes down the manifest until a parameter takes over. */
function behindTemplate(manifest: Json, path: Path): ConfigurationPlace | null {
  let at: Json | undefined = manifest;
  for (const [depth, part] of path.entries()) {
    at = memberOf(at, part);
    const name = typeof at === "string" ? exactTemplate(at) : null;
    if (name?.startsWith("parameters.") === true)
      return inOverlay("overlay", [name.slice("parameters.".length), ...path.slice(depth + 1)]);
  }
  return null;
}

function memberOf(value: Json | undefined, part: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof part === "number" ? (value[part] as Json | undefined) : undefined;
  return value !== undefined && isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
}
