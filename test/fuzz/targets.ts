import { manifests } from "./manifests.ts";
import { plans } from "./plans.ts";
import { settings } from "./settings.ts";
import type { Target } from "./target.ts";
import { tickets } from "./tickets.ts";
import { webhooks } from "./webhooks.ts";

/** Everything that is judged case by case, without a server. */
export const targets: readonly Target[] = [manifests, webhooks, tickets, plans, settings];
