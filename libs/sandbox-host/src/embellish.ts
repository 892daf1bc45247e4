import type { Json } from "@tandem/kernel";
import { isJsonObject } from "@tandem/kernel";

/** Members that no client knows, of every type that a default can have. */
const ADDED = {
  sandbox_added_text: "default",
  sandbox_added_flag: true,
  sandbox_added_number: 1,
  sandbox_added_list: ["default"],
  sandbox_added_object: { enabled: false },
};

/**
 * An answer as the vendor might show it after an update of its own: every object has members that were not there before, and all of them
 * stand in another order. Nothing that was there is changed, and the order of lists is kept. `except` names members whose content is a
 * document of the client's own (a JSON schema): the vendor keeps it as it was sent.
 */
export function embellished(value: Json, except: readonly string[] = []): Json {
  if (Array.isArray(value)) return value.map((item) => embellished(item as Json, except));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]): [string, Json] => [
    name,
    except.includes(name) ? member : embellished(member, except),
  ]);
  return Object.fromEntries([...members.toReversed(), ...Object.entries(ADDED)]);
}
