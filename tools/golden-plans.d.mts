import type { Plan } from "@tandem/domain/plan";

export function goldenPlan(name: string, example?: string): { prose: string[]; operations: string[]; plan: Plan };
export function staleGoldenPlans(): { name: string; path: string; text: string }[];
