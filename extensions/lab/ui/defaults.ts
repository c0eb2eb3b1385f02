// What settings are when nobody has changed any: the defaults of their schema, filled in where JupyterLab's own validator
// does (https://ajv.js.org/guide/modifying-data.html#assigning-defaults): in `properties` and `items`, also behind `$ref`
// and `allOf`, and not where something is one of several.
type Schema = Record<string, any>;

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema that a reference within a document names, `#/definitions/…`; undefined: it is none of those. */
function referred(root: Schema, reference: unknown): unknown {
  if (typeof reference !== 'string' || !reference.startsWith('#/')) {
    return undefined;
  }
  const parts = reference.slice(2).split('/');
  return parts.reduce<unknown>((here, part) => {
    const name = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
    return isObject(here) ? here[name] : undefined;
  }, root);
}

function fill(schema: unknown, value: unknown, root: Schema): void {
  if (!isObject(schema)) {
    return;
  }
  for (const part of [referred(root, schema.$ref), ...(schema.allOf ?? [])]) {
    fill(part, value, root);
  }
  if (isObject(value)) {
    const properties: Schema = schema.properties ?? {};
    const patterns = Object.entries<unknown>(schema.patternProperties ?? {});
    for (const [name, part] of Object.entries(properties)) {
      if (value[name] === undefined && isObject(part) && part.default !== undefined) {
        value[name] = structuredClone(part.default);
      }
    }
    for (const [name, inside] of Object.entries(value)) {
      const matching = patterns.filter(([pattern]) => new RegExp(pattern, 'u').test(name)).map(([, part]) => part);
      const known = Object.hasOwn(properties, name) ? [properties[name], ...matching] : matching;
      for (const part of known.length ? known : [schema.additionalProperties]) {
        fill(part, inside, root);
      }
    }
  } else if (Array.isArray(value)) {
    value.forEach((inside, place) => fill(Array.isArray(schema.items) ? schema.items[place] : schema.items, inside, root));
  }
}

/** The defaults of a schema. */
export function defaults(schema: object): Record<string, any> {
  const filled = {};
  fill(schema, filled, schema as Schema);
  return filled;
}
