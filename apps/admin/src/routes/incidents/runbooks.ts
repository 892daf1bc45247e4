import type { StackName } from "./words.ts";

/** The documentation's own files, each loaded when it is shown. */
const files: Readonly<Record<StackName, () => Promise<{ default: string }>>> = {
  telephony: () => import("../../../../../docs/runbooks/telephony.md?raw"),
  audio: () => import("../../../../../docs/runbooks/audio.md?raw"),
  intelligence: () => import("../../../../../docs/runbooks/intelligence.md?raw"),
  output: () => import("../../../../../docs/runbooks/output.md?raw"),
};

export const runbook = async (stack: StackName): Promise<string> => (await files[stack]()).default;
