// One source file as the checks see it: its imports, what it declares, and which globals it touches.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "rolldown/utils";

const DECLARING = new Set([
  "FunctionDeclaration",
  "ClassDeclaration",
  "VariableDeclarator",
  "TSInterfaceDeclaration",
  "TSTypeAliasDeclaration",
  "TSEnumDeclaration",
  "TSTypeParameter",
]);
const WITH_KEY = new Set([
  "PropertyDefinition",
  "MethodDefinition",
  "TSPropertySignature",
  "TSMethodSignature",
  "TSParameterProperty",
]);

/**
 * @returns {{text: string, lines: number, imports: {module: string, line: number}[], identifiers: {name: string, line: number}[],
 *   globals: {name: string, line: number}[], errors: string[]}}
 *   `imports` covers static, dynamic and type imports and re-exports; `globals` holds free names (`fetch`) and members
 *   of them (`Date.now`, `process.env`), and `new Date()` without arguments as `Date.now`.
 */
export function readSource(root, path) {
  const text = readFileSync(join(root, path), "utf8");
  const { program, module, errors } = parseSync(path, text, {
    lang: path.endsWith(".tsx") ? "tsx" : "ts",
    sourceType: "module",
  });
  const lineAt = lineFinder(text);
  const found = { imports: [], identifiers: [], globals: [], declared: new Set() };
  const add = (list, value, start) => list.push({ ...value, line: lineAt(start) });

  for (const each of module.staticImports) add(found.imports, { module: each.moduleRequest.value }, each.start);
  for (const each of module.staticExports) {
    const request = each.entries.find((entry) => entry.moduleRequest)?.moduleRequest;
    if (request) add(found.imports, { module: request.value }, each.start);
  }
  walk(program, undefined, (node, parent) => visit(node, parent, found, add));

  const globals = found.globals.filter(({ name }) => !found.declared.has(name.split(".")[0]));
  const { imports, identifiers } = found;
  return {
    text,
    lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    imports,
    identifiers,
    globals,
    errors: errors.map(({ message }) => message),
  };
}

function visit(node, parent, found, add) {
  if (node.type === "ImportExpression" || node.type === "TSImportType") {
    const source = node.source ?? node.argument?.literal ?? node.argument;
    if (typeof source?.value === "string") add(found.imports, { module: source.value }, node.start);
    else add(found.imports, { module: "(computed)" }, node.start);
  }
  if (
    node.type === "MemberExpression" &&
    node.object.type === "Identifier" &&
    node.property.type === "Identifier" &&
    !node.computed
  ) {
    add(found.globals, { name: `${node.object.name}.${node.property.name}` }, node.start);
  }
  const bareDate =
    (node.type === "NewExpression" || node.type === "CallExpression") &&
    node.callee.name === "Date" &&
    node.arguments.length === 0;
  if (bareDate) add(found.globals, { name: "Date.now" }, node.start);
  if (node.type === "Identifier" && isReference(node, parent)) add(found.globals, { name: node.name }, node.start);
  for (const id of declaredBy(node)) {
    add(found.identifiers, { name: id.name }, id.start);
    if (!WITH_KEY.has(node.type)) found.declared.add(id.name);
  }
}

const isReference = (node, parent) =>
  !(parent?.type === "MemberExpression" && parent.property === node && !parent.computed) &&
  !(parent && "key" in parent && parent.key === node && !parent.computed) &&
  parent?.type !== "TSTypeReference" &&
  parent?.type !== "TSQualifiedName";

function declaredBy(node) {
  if (DECLARING.has(node.type)) return bindings(node.id ?? node.name);
  if (WITH_KEY.has(node.type)) return node.key?.type === "Identifier" && !node.computed ? [node.key] : [];
  if (
    node.type === "ImportSpecifier" ||
    node.type === "ImportDefaultSpecifier" ||
    node.type === "ImportNamespaceSpecifier"
  )
    return [];
  if (node.params?.items || Array.isArray(node.params))
    return (node.params.items ?? node.params).flatMap((param) => bindings(param));
  return [];
}

/** The names that a pattern binds: plain, destructured, with default, rest. */
function bindings(pattern) {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => bindings(property.value ?? property.argument));
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => bindings(element));
    case "AssignmentPattern":
      return bindings(pattern.left);
    case "RestElement":
      return bindings(pattern.argument);
    case "TSParameterProperty":
      return bindings(pattern.parameter);
    default:
      return [];
  }
}

function walk(node, parent, enter) {
  if (typeof node.type === "string") enter(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof child === "object") walk(child, node, enter);
    }
  }
}

function lineFinder(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}
