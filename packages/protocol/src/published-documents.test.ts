import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorTable } from './error-table.ts';
import { publishedDocuments } from './published-documents.ts';
import { asyncApi, wireJsonSchema } from './wire-documents.ts';

const documents = [...publishedDocuments()];
const checkedIn = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** A page without the padding of its tables, which the formatter adds. */
const unpadded = (page: string) =>
  page
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/ +/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .join('\n');

test.each(documents.filter(([path]) => path.endsWith('.json')))('[WS1] %s is current', (path, text) => {
  expect(JSON.parse(checkedIn(path))).toEqual(JSON.parse(text));
});

test.each(documents.filter(([path]) => path.endsWith('.md')))('[AD4] %s is current', (path, text) => {
  expect(unpadded(checkedIn(path))).toBe(unpadded(text));
  for (const row of errorTable) expect(text).toContain(`\`${row.name}\``);
});

test('[WS1] every message the AsyncAPI document names is in the JSON Schema', () => {
  const schema = wireJsonSchema() as { $defs: Record<string, unknown> };
  const references = [...JSON.stringify(asyncApi()).matchAll(/wire\.schema\.json#\/\$defs\/([a-zA-Z.]+)/g)];
  expect(references.length).toBe(33);
  for (const [, name] of references) expect(schema.$defs).toHaveProperty([name!]);
});
