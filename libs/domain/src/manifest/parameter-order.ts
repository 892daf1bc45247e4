import { parseYaml } from "./parse-yaml.ts";
import { nodeAt } from "./yaml-node.ts";

/** Names of a playbook's parameters in the order in which its `manifest.yaml` declares them; empty when it cannot be read. */
export function parameterOrder(source: string): readonly string[] {
  const { root } = parseYaml("manifest.yaml", source);
  const parameters = root === null ? undefined : nodeAt(root, ["parameters"]);
  return parameters?.kind === "mapping" ? [...parameters.entries.keys()] : [];
}
