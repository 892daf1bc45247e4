import { canonicalJson } from "@tandem/kernel";
import type { VendorObject, VendorResources, WriteTarget } from "@tandem/ports/vendor-resources";
import type { VendorRequests } from "@tandem/ports/vendor-call";
import { createAgent, deleteAgent, draftAgent, findAgents, publishAgent, readAgent, updateAgent } from "./agent.ts";
import { agentKind, llmKind } from "./descriptor.ts";
import { createLlm, deleteLlm, findLlms, readLlm } from "./llm.ts";
import { refusal, type RetellWorkspace } from "./workspace.ts";

type Verb = Parameters<VendorResources["write"]>[0];

/** Agents and LLMs as managed resources. */
export function openResources(workspace: RetellWorkspace): VendorResources {
  const { calls } = workspace;
  return {
    read: async (kind, externalId) => {
      const read = byKind(kind, { agent: readAgent, llm: readLlm });
      return calls.run(`read ${kind}`, (requests) => read(workspace, requests, externalId));
    },
    findByKey: async (kind, externalKey) => {
      const find = byKind(kind, { agent: findAgents, llm: findLlms });
      return calls.run(`find ${kind}`, (requests) => find(workspace, requests, externalKey));
    },
    write: async (verb, target) => {
      const write = byKind(target.kind, { agent: writeAgent, llm: writeLlm });
      return calls.run(`${verb} ${target.kind}`, (requests) => write(workspace, requests, verb, target));
    },
    reached,
  };
}

function byKind<Member>(kind: string, members: { agent: Member; llm: Member }): Member {
  if (kind === agentKind.kind) return members.agent;
  if (kind === llmKind.kind) return members.llm;
  throw refusal(kind, `retell has no resource kind ${kind}`);
}

type Write = (
  workspace: RetellWorkspace,
  requests: VendorRequests,
  verb: Verb,
  target: WriteTarget,
) => Promise<VendorObject | null>;

const writeLlm: Write = async (workspace, requests, verb, target) => {
  if (verb === "create") return createLlm(workspace, requests, target);
  if (verb === "delete") return deleteLlm(workspace, requests, existing(verb, target));
  throw refusal(`${verb} ${target.kind}`, "an LLM is replaced, not changed");
};

const writeAgent: Write = async (workspace, requests, verb, target) => {
  switch (verb) {
    case "create":
      return createAgent(workspace, requests, target);
    case "draft":
      return draftAgent(workspace, requests, existing(verb, target));
    case "update":
      return updateAgent(workspace, requests, existing(verb, target), target);
    case "publish":
      return publishAgent(workspace, requests, existing(verb, target), target);
    case "delete":
      return deleteAgent(workspace, requests, existing(verb, target));
  }
};

function existing(verb: Verb, target: WriteTarget): string {
  if (target.externalId === null) throw refusal(`${verb} ${target.kind}`, "there is no object to write to");
  return target.externalId;
}

function reached(verb: Verb, target: WriteTarget, found: VendorObject | null): boolean {
  if (verb === "delete") return found === null;
  if (found === null) return false;
  if (verb === "publish") return found.published;
  if (verb === "draft") return !found.published;
  if (verb === "create") return found.externalKey === target.externalKey;
  return target.fields !== null && canonicalJson(found.fields) === canonicalJson(target.fields);
}
