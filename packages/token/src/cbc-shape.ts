import type { JsonDocument, JsonNode } from './json-scanner.ts';
import { parsePayload } from './parse-payload.ts';
import type { TokenClaims } from './token-claims.ts';

/** Key orders that a named generator writes (facts of the published generators; seen in real tokens). */
const ORDERS_04: ReadonlySet<string> = new Set([
  // Node, Python, PHP, C++, Objective-C
  'app_id,user_id,nonce,ctime,expire,payload',
  'app_id,user_id,nonce,ctime,expire',
  // Go
  'app_id,user_id,ctime,expire,nonce,payload',
  'app_id,user_id,ctime,expire,nonce',
  // .NET
  'app_id,user_id,payload,ctime,expire,nonce',
  // Java
  'user_id,payload,expire,ctime,app_id,nonce',
  'user_id,expire,ctime,app_id,nonce',
]);
const ORDERS_03: ReadonlySet<string> = new Set([
  'app_id,room_id,user_id,privilege,create_time,expire_time,nonce',
  // Java
  'room_id,create_time,user_id,expire_time,privilege,app_id,nonce',
]);

/** The union of the native and web alphabets of room and user ids (RM1), both `/` and `%` included. */
const ID = /^[0-9A-Za-z~!@#$%^&*()_+=\-`;',.<>/\\]*$/;

/**
 * Whether a CBC token is written exactly as one of the named generators writes (TK12a): its keys and their
 * order, ids in the alphabets of RM1, a payload that is missing, empty or JSON of known keys. Decimals are
 * canonical already, as the reader takes no others. It refuses official tokens with multi-byte ids or free text.
 */
export function hasGeneratorShape(document: JsonDocument, claims: TokenClaims): boolean {
  const top = document.nodes.filter((node) => node.parent === 0);
  const order = top.map((node) => node.key).join(',');
  const clean = ID.test(claims.userId) && !hasBlanks(document);
  if (claims.version === '03') {
    return ORDERS_03.has(order) && clean && ID.test(claims.roomId) && hasTwoBits(document.nodes);
  }
  const payload = parsePayload(claims.payload);
  return ORDERS_04.has(order) && clean && payload.ok && !('unknownKeys' in payload && payload.unknownKeys);
}

// Every generator writes compact JSON, so blanks outside strings are noise.
function hasBlanks(document: JsonDocument): boolean {
  const { text, nodes } = document;
  const inStrings = nodes
    .filter((node) => node.kind === 'string')
    .reduce((sum, node) => sum + countBlanks(text.slice(node.start, node.end)), 0);
  return countBlanks(text) !== inStrings;
}

function countBlanks(text: string): number {
  return text.match(/[ \t\r\n]/g)?.length ?? 0;
}

function hasTwoBits(nodes: readonly JsonNode[]): boolean {
  const parent = nodes.findIndex((node) => node.parent === 0 && node.key === 'privilege');
  const keys = nodes.filter((node) => node.parent === parent).map((node) => node.key);
  return keys.join(',') === '1,2';
}
