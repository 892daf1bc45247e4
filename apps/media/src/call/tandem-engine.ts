import { providers } from "@tandem/catalog/providers";
import type { OpenEngine } from "../node/own-engine.ts";
import { makePipeline, openPipelineNode } from "../pipeline/open-pipeline.ts";
import type { Vad } from "../pipeline/vad.ts";
import { converse } from "./converse.ts";

/** Our own engine: the pipeline over every vendor's providers, and the conversation engine of the release. */
export const tandemEngine =
  (openVad: () => Vad): OpenEngine =>
  ({ clock, store }) => {
    const node = openPipelineNode({ clock, store, openVad });
    return { makePipeline: makePipeline(node), converse, providers, close: () => node.close() };
  };
