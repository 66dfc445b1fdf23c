import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Judges a part of a request by its schema. Nothing is bent to fit: in a body `"1"` is no number (SC2).
 *
 * Paths and queries are text by nature: there, whole numbers in their one decimal spelling, `true` and `false` are read
 * where the schema asks for them.
 */
export const requestValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  const read = httpPart === 'body' ? (value: unknown) => value : textReader(schema);
  return (given: unknown) => {
    const value = read(given);
    return check.Check(value) ? { value } : { error: check.Errors(value) };
  };
};

type Fields = Readonly<Record<string, { readonly type?: unknown }>>;

function textReader(schema: TSchema): (given: unknown) => unknown {
  const fields = Object.entries((schema as { readonly properties?: Fields }).properties ?? {});
  const typeOf = new Map(fields.map(([name, field]) => [name, field.type]));
  return (given) =>
    Object.fromEntries(
      Object.entries(given as Record<string, unknown>).map(([name, value]) => [
        name,
        typeof value === 'string' ? readText(typeOf.get(name), value) : value,
      ]),
    );
}

function readText(type: unknown, text: string): unknown {
  if (type === 'integer' && String(Number(text)) === text) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
