import { descriptors } from "@tandem/catalog";
import { AppError, type JsonObject } from "@tandem/kernel";
import type { AdapterDescriptor } from "@tandem/ports/adapter";
import { invalidInput, InvalidInput } from "../problem/invalid-input.ts";

/** The descriptor of a vendor; `invalid_input` naming the known ones. */
export function descriptorOf(vendor: string): AdapterDescriptor {
  const found = Object.hasOwn(descriptors, vendor) ? descriptors[vendor] : undefined;
  if (found === undefined) {
    throw new InvalidInput([
      { path: "/vendor", message: `there is no vendor ${vendor}; known are ${Object.keys(descriptors).join(", ")}` },
    ]);
  }
  return found;
}

/** A connection's config as the vendor's schema reads it. */
export function requireConfig(vendor: string, config: JsonObject): JsonObject {
  const parsed = descriptorOf(vendor).config.safeParse(config);
  if (parsed.success) return parsed.data as JsonObject;
  throw invalidInput(parsed.error.issues.map((issue) => ({ ...issue, path: ["config", ...issue.path] })));
}

/** Refuses secrets that the vendor does not know and secrets that are missing. */
export function requireSecrets(vendor: string, secrets: Readonly<Record<string, string>>): void {
  const known = descriptorOf(vendor).secrets.map((secret) => secret.name);
  const places = Object.keys(secrets)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `/secrets/${name}`,
      message: `is not a secret of ${vendor}; it takes ${known.join(", ")}`,
    }));
  if (places.length > 0) throw new InvalidInput(places);
  if (Object.keys(secrets).length === 0)
    throw new AppError("invalid_input", `Send at least one of ${known.join(", ")}`);
}
