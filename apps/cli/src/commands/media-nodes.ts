import { type MediaNode, MediaNodePage } from "@tandem/contracts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { table, when } from "../views/table.ts";
import type { Register } from "./context.ts";

const PATH = "/v1/media-nodes";

const nodeTable = (nodes: readonly MediaNode[]): string =>
  table(
    ["node", "region", "last look at the pointers", "seconds ago", "id"],
    nodes.map(({ id, name, region, lookedAt, silentMs }) => [
      name,
      region,
      when(lookedAt),
      (silentMs / 1000).toFixed(1),
      id,
    ]),
  );

/** By id, or by name where only one bears it. */
function nodeNamed(nodes: readonly MediaNode[], wanted: string): MediaNode {
  const [node, ...others] = nodes.filter(({ id, name }) => id === wanted || name === wanted);
  if (node === undefined)
    throw new CommandFailure(`There is no media node ${wanted}: see tandem nodes.`, ExitCode.failed);
  if (others.length > 0)
    throw new CommandFailure(
      `${others.length + 1} media nodes are called ${wanted}: name one by its id, see tandem nodes.`,
      ExitCode.usage,
    );
  return node;
}

/** The nodes that answer calls (the platform's administrators). */
export const registerMediaNodes: Register = (program, run) => {
  const nodes = program.command("nodes").description("the media nodes that answer calls, and which are behind");
  nodes
    .command("list", { isDefault: true })
    .description("every node with the last look at the pointers that it serves")
    .action(() =>
      run(async ({ api, output }) => {
        const items = await api.all(PATH, MediaNodePage);
        output.result(items, () => nodeTable(items));
        return ExitCode.done;
      }),
    );
  nodes
    .command("forget <node>")
    .description("a node that runs no more, by name or id: nothing waits for it any longer")
    .requiredOption("-r, --reason <text>", "kept in the audit log")
    .action((wanted: string, { reason }: { readonly reason: string }) =>
      run(async ({ api, output }) => {
        const node = nodeNamed(await api.all(PATH, MediaNodePage), wanted);
        await api.send(`${PATH}/${node.id}/forget`, { method: "POST", body: { reason } });
        output.result(node, () => `Media node ${node.name} is forgotten: nothing waits for it.`);
        return ExitCode.done;
      }),
    );
};
