import { z } from "zod";
import { Holiday, ScheduleOverride, WeeklyHours } from "./answer.ts";
import { exactTemplate } from "./template.ts";

// Checks abort, so that a union reports what its other branch has to say.
const abort = true;

/** A text that is exactly one template keeps the type of the value it stands for. */
const ExactTemplate = z
  .string()
  .regex(/^\{\{[^{}]*\}\}$/, { abort })
  .refine((text) => exactTemplate(text) !== null, { abort });

/** A text with templates in it. */
const TextWithTemplates = z.string().regex(/\{\{/, { abort });

type Definition = z.core.$ZodTypeDef & {
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  options?: z.ZodType[];
  valueType?: z.ZodType;
  innerType?: z.ZodType;
  discriminator?: string;
};

/** Schemas whose values are names or keywords that the document itself refers to: never templates. */
const fixed = new Set<z.ZodType>();

/** Marks a schema as not templatable. */
export function neverTemplate<Schema extends z.ZodType>(schema: Schema): Schema {
  fixed.add(schema);
  return schema;
}

/**
 * The authored form of a resolved schema: each leaf, each list of values and the weekly hours may also be a template. Members, literals,
 * discriminators and sizes stay as strict as in the resolved form, which is checked again after the templates are filled in.
 */
export function authored(schema: z.ZodType): z.ZodType {
  const definition = schema._zod.def as Definition;
  switch (definition.type) {
    case "object": {
      const shape = Object.fromEntries(
        Object.entries(definition.shape ?? {}).map(([name, member]) => [name, authored(member)]),
      );
      const object = rebuilt(schema, { ...definition, shape });
      return (schema as unknown) === WeeklyHours ? orTemplate(ExactTemplate, object) : object;
    }
    case "array": {
      const element = definition.element ?? z.never();
      const list = rebuilt(schema, { ...definition, element: authored(element) });
      return isListOfValues(schema, element) ? orTemplate(ExactTemplate, list) : list;
    }
    case "record":
      return rebuilt(schema, { ...definition, valueType: authored(definition.valueType ?? z.never()) });
    case "optional":
      return rebuilt(schema, { ...definition, innerType: authored(definition.innerType ?? z.never()) });
    case "union":
      return authoredUnion(schema, definition);
    case "literal":
      return schema;
    default:
      return fixed.has(schema)
        ? schema
        : orTemplate(definition.type === "string" ? TextWithTemplates : ExactTemplate, schema);
  }
}

/** Lists that a parameter can hold; lists of names and of structures are the author's own. */
function isListOfValues(list: z.ZodType, element: z.ZodType): boolean {
  if (fixed.has(list) || fixed.has(element)) return false;
  const isSchedule = ([Holiday, ScheduleOverride] as readonly z.ZodType[]).includes(element);
  return isSchedule || ["string", "enum"].includes((element._zod.def as Definition).type);
}

function authoredUnion(schema: z.ZodType, definition: Definition): z.ZodType {
  if (definition.discriminator !== undefined)
    return rebuilt(schema, { ...definition, options: (definition.options ?? []).map(authored) });
  return (definition.options ?? []).some((option) => fixed.has(option))
    ? schema
    : orTemplate(TextWithTemplates, schema);
}

const rebuilt = (schema: z.ZodType, definition: Definition): z.ZodType => z.core.clone(schema, definition);

const orTemplate = (template: z.ZodType, schema: z.ZodType): z.ZodType => z.union([template, schema]);
