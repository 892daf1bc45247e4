import type { DialledNumber } from "../tenant/index.ts";
import type { ReleaseBundle } from "./bundle.ts";

/** Every number that a release may dial: staff, fallback, human path, emergency. Also the allowlist of transfer destinations. */
export function dialledNumbers(
  bundle: Pick<ReleaseBundle, "answer" | "fallbackNumber" | "humanPath" | "emergency">,
): readonly DialledNumber[] {
  const rules = (["whenOpen", "whenClosed"] as const).flatMap((name) => {
    const rule = bundle.answer[name];
    return rule.do === "ring-staff"
      ? rule.numbers.map((number, index) => ({ number, path: `answer.${name}.numbers[${index}]` }))
      : [];
  });
  return [
    ...rules,
    { number: bundle.fallbackNumber, path: "fallbackNumber" },
    { number: bundle.humanPath.number, path: "humanPath.number" },
    { number: bundle.emergency.number, path: "emergency.number" },
  ];
}
