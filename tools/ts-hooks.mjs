// Runs TypeScript with Nest's decorators straight from source, for development:
// node --conditions=@tandem/source --import ./tools/ts-hooks.mjs apps/api/src/main.ts
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { transformSync } from "rolldown/utils";

const OPTIONS = {
  lang: "ts",
  sourcemap: true,
  target: "es2024",
  decorator: { legacy: true, emitDecoratorMetadata: true },
  typescript: { onlyRemoveTypeImports: true },
};

registerHooks({
  load(url, context, next) {
    const ours = url.startsWith("file:") && /\.m?ts(\?|$)/.test(url) && !url.includes("/node_modules/");
    if (!ours) return next(url, context);
    const file = fileURLToPath(url);
    const { code, map, errors } = transformSync(file, readFileSync(file, "utf8"), OPTIONS);
    if (errors.length > 0) throw new SyntaxError(`${file}: ${errors.map((error) => error.message).join("\n")}`);
    const sourceMap = Buffer.from(JSON.stringify(map)).toString("base64");
    const source = `${code}\n//# sourceMappingURL=data:application/json;base64,${sourceMap}`;
    return { format: "module", shortCircuit: true, source };
  },
});
