import { usageFailure } from '../failure.ts';
import { sentence } from '../sentence.ts';

/** Fields of a policy as typed: `forced=true`. */
export type PolicyFields = Readonly<Record<string, unknown>>;

/**
 * Reads `name=value` pairs: true, false, null and numbers by their looks, JSON objects as such, else the bare word.
 * `onForce` also takes `keep`, `end` and `endWithin:MINUTES`.
 *
 * @throws {CliFailure} of usage for a word without `=`.
 */
export function parsePolicyPairs(pairs: readonly string[]): PolicyFields {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw usageFailure(sentence('policyPairForm'));
      const name = pair.slice(0, at);
      return [name, parseValue(name, pair.slice(at + 1))];
    }),
  );
}

function parseValue(name: string, text: string): unknown {
  if (/^(?:true|false|null|-?\d{1,15}|\{.*\})$/s.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw usageFailure(sentence('policyPairForm'));
    }
  }
  if (name !== 'onForce') return text;
  const minutes = /^endWithin:(\d{1,5})$/.exec(text)?.[1];
  return minutes === undefined ? { mode: text } : { mode: 'endWithin', minutes: Number(minutes) };
}

/** The lines about names that are none of `known`, each with the nearest one (CF2). */
export function unknownFields(fields: PolicyFields, known: readonly string[]): readonly string[] {
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => `${name} → ${nearest(name, known)}`);
}

function nearest(name: string, known: readonly string[]): string {
  const distances = known.map((each) => ({
    each,
    distance: editDistance(name.toLowerCase(), each.toLowerCase()),
  }));
  return distances.sort((a, b) => a.distance - b.distance)[0]?.each ?? '';
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let at = 1; at <= Math.min(from.length, 64); at += 1) {
    const next = [at];
    for (let other = 1; other <= to.length; other += 1) {
      const swap = (row[other - 1] ?? 0) + (from[at - 1] === to[other - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[other] ?? 0) + 1, (next[other - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
