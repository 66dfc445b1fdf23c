import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as publicApi from './index.ts';

test('[WS1] the public values of the package are these and no others', () => {
  expect(Object.keys(publicApi).sort()).toEqual([
    'alphabets',
    'appSignProofInput',
    'appSignProofLabel',
    'asyncApi',
    'checkRoomId',
    'checkStreamId',
    'checkUserId',
    'checkUserName',
    'clientMessages',
    'closeCodes',
    'credentialMethods',
    'errorByName',
    'errorFacts',
    'errorTable',
    'expiryModes',
    'findError',
    'isErrorName',
    'lapsedTable',
    'limits',
    'loginOutcomes',
    'messageRates',
    'parseClientFrame',
    'parseServerFrame',
    'planes',
    'platformOf',
    'platforms',
    'productOf',
    'products',
    'protocolVersion',
    'refusalRate',
    'results',
    'roomStateReasons',
    'serverMessages',
    'sessionRates',
    'signalPath',
    'streamDeleteReasons',
    'subprotocol',
    'updateTypes',
    'utf8Length',
    'versionOf',
    'wireJsonSchema',
  ]);
});

const folder = new URL('./', import.meta.url);
const source = (file: string) => readFileSync(new URL(file, folder), 'utf8');

/** The values a file imports at run time; type imports vanish from a bundle. */
function imported(file: string): string[] {
  const statements = source(file).matchAll(/^(?:import|export) (?!type )(?:[^;]*? from )?'([^']+)';/gms);
  return [...statements].flatMap(([statement, from]) =>
    /^\w+ \{\s*(?:type \w+,?\s*)+\} from/.test(statement) ? [] : [from!],
  );
}

function reached(file: string, seen: Set<string> = new Set()): Set<string> {
  for (const from of imported(file)) {
    if (seen.has(from)) continue;
    seen.add(from);
    if (from.startsWith('./')) reached(from, seen);
  }
  return seen;
}

const forPages = [
  'app-sign-proof-input.ts',
  'check-ids.ts',
  'close-codes.ts',
  'error-facts.ts',
  'error-table.ts',
  'lapsed-table.ts',
  'limits.ts',
  'parse-server-frame.ts',
  'vocabulary.ts',
];

test.each(forPages)('[WS1] a page that uses %s loads neither TypeBox nor anything of Node', (file) => {
  expect([...reached(file)].filter((from) => !from.startsWith('./'))).toEqual([]);
});

test('[WS1] the walk of imports does see TypeBox and Node where they are', () => {
  expect([...reached('parse-client-frame.ts')]).toContain('typebox/compile');
  expect([...reached('client-messages.ts')]).toContain('typebox');
  expect([...reached('write-documents.ts')]).toContain('node:fs');
});

test('[WS1] nothing but the writer of documents and tests touches Node', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(15);
  const ofNode = files.filter((file) => /from 'node:|\bprocess\.|\bBuffer\b/.test(source(file)));
  expect(ofNode).toEqual(['write-documents.ts']);
});
