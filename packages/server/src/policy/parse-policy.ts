import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { nearestName } from '#kernel';
import type { Policy } from './policy.ts';
import { policyFields } from './policy-schema.ts';

/** One thing that is wrong with a policy. */
export interface PolicyProblem {
  /** JSON pointer: `/cbc`. */
  readonly path: string;
  /** What may stand there; never what did. */
  readonly allowed: string;
  /** The known field that an unknown one most likely meant. */
  readonly nearest?: string;
}

/** A policy, or everything that is wrong with it. */
export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

const names = policyFields.map(([name]) => name);
const checks = policyFields.map(([name, schema]) => ({ name, schema, validator: Compile(schema) }));

/**
 * Reads a policy as the API and the command line take it, and names all problems at once (CF2).
 *
 * Unknown fields are refused. With `base` a missing field keeps the value it has there; without, it is a problem.
 */
export function parsePolicy(value: unknown, base?: Policy): ParsedPolicy {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, problems: [{ path: '', allowed: 'an object with the fields of a policy' }] };
  }
  const given = new Map<string, unknown>(Object.entries(value));
  const policy = new Map<string, unknown>();
  const problems: PolicyProblem[] = [...given.keys()].flatMap(unknownField);
  for (const { name, schema, validator } of checks) {
    const field = given.has(name) ? given.get(name) : base?.[name];
    if (validator.Check(field)) policy.set(name, field);
    else problems.push({ path: `/${name}`, allowed: describeAllowed(schema) });
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, policy: Object.fromEntries(policy) as unknown as Policy };
}

/** A problem as one line for `RoomkeyError` details. */
export function describeProblem({ path, allowed, nearest }: PolicyProblem): string {
  return `${path}: ${allowed}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
}

const longestShownName = 64;

function unknownField(name: string): readonly PolicyProblem[] {
  if (names.some((known) => known === name)) return [];
  const nearest = nearestName(name, names);
  const path = `/${name.slice(0, longestShownName)}`;
  return [{ path, allowed: 'no such field', ...(nearest === undefined ? {} : { nearest }) }];
}

/** What a schema allows, for people: the closed set of shapes that policies use. */
function describeAllowed(schema: TSchema): string {
  const { anyOf, enum: values, type, minimum, maximum, properties, const: only } = schema as JsonSchemaPart;
  if (anyOf !== undefined) return anyOf.map(describeAllowed).join(', or ');
  if (values !== undefined) return values.join(' | ');
  if (only !== undefined) return only;
  if (type === 'null') return 'null';
  if (type === 'boolean') return 'true | false';
  if (type === 'object') {
    const parts = Object.entries(properties ?? {}).map(([name, part]) => `${name}: ${describeAllowed(part)}`);
    return `{ ${parts.join(', ')} }`;
  }
  return `a whole number from ${minimum} to ${maximum}`;
}

interface JsonSchemaPart {
  readonly anyOf?: readonly TSchema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, TSchema>>;
}
