import { type AppError, errorCatalog } from "@tandem/kernel";

/** What the reader of a problem does next: the catalogue's advice, and for a missing role the roles that would do, by name. */
export function fixOf({ code, details }: Pick<AppError, "code" | "details">): string {
  const allowed = code === "forbidden" ? details["allowed"] : undefined;
  return Array.isArray(allowed) && allowed.length > 0 ? askFor(allowed.map(String)) : errorCatalog[code].fix;
}

function askFor(roles: readonly string[]): string {
  if (roles.every((role) => role === "platform-admin")) return "Ask an administrator of the platform to do it.";
  const wanted = roles.filter((role) => role !== "platform-admin");
  return `Ask a tenant administrator for the role ${eitherOf(wanted)}.`;
}

/** `author`, `author or ci`, `author, ci or operator`. */
export function eitherOf(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
