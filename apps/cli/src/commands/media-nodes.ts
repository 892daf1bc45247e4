import { type MediaNode, MediaNodePage } from "@tandem/contracts";
import { ExitCode } from "../exit-code.ts";
import { table, when } from "../views/table.ts";
import type { Register } from "./context.ts";

const PATH = "/v1/media-nodes";

const nodeTable = (nodes: readonly MediaNode[]): string =>
  table(
    ["node", "region", "last look at the pointers", "seconds ago"],
    nodes.map(({ name, region, lookedAt, silentMs }) => [name, region, when(lookedAt), (silentMs / 1000).toFixed(1)]),
  );

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
    .description("a node that runs no more: nothing waits for it any longer")
    .requiredOption("-r, --reason <text>", "kept in the audit log")
    .action((name: string, { reason }: { readonly reason: string }) =>
      run(async ({ api, output }) => {
        await api.send(`${PATH}/forget`, { method: "POST", body: { name, reason } });
        output.result({ name }, () => `Media node ${name} is forgotten: nothing waits for it.`);
        return ExitCode.done;
      }),
    );
};
