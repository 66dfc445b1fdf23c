import type { TSchema } from 'typebox';
import { results } from './answers.ts';
import { clientMessages } from './client-messages.ts';
import { closeCodes } from './close-codes.ts';
import { serverMessages } from './server-messages.ts';
import { protocolVersion, signalPath, subprotocol } from './vocabulary.ts';

/** A document as JSON: only what JSON can hold. */
export interface JsonDocument {
  readonly [key: string]: unknown;
}

// TypeBox keeps bookkeeping on its schemas that JSON leaves out; a document holds only what JSON shows.
function plain(schema: TSchema): unknown {
  return JSON.parse(JSON.stringify(schema));
}

function definitions(prefix: string, schemas: Readonly<Record<string, TSchema>>): [string, unknown][] {
  return Object.entries(schemas).map(([name, schema]) => [`${prefix}.${name}`, plain(schema)]);
}

/**
 * The JSON Schema (2020-12) of the wire: `client.*` what clients send, `server.*` what servers send, `result.*` what an
 * `ok` to that verb carries besides `t` and `id` (WS3). The checked-in copy is `wire.schema.json`.
 */
export function wireJsonSchema(): JsonDocument {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Roomkey signal protocol ${protocolVersion}`,
    description: 'Unknown fields are ignored in both directions.',
    $defs: Object.fromEntries([
      ...definitions('client', clientMessages),
      ...definitions('server', serverMessages),
      ...definitions('result', results),
    ]),
  };
}

function messages(side: 'client' | 'server', names: readonly string[]): JsonDocument {
  return Object.fromEntries(
    names.map((name) => [
      `${side}.${name}`,
      {
        name,
        contentType: 'application/json',
        payload: { $ref: `./wire.schema.json#/$defs/${side}.${name}` },
      },
    ]),
  );
}

function references(side: 'client' | 'server', names: readonly string[]): { $ref: string }[] {
  return names.map((name) => ({ $ref: `#/channels/signal/messages/${side}.${name}` }));
}

/** The AsyncAPI 3.0 document of the signal connection (WS1, WS12). The checked-in copy is `asyncapi.json`. */
export function asyncApi(): JsonDocument {
  const clientNames = Object.keys(clientMessages);
  const serverNames = Object.keys(serverMessages);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Roomkey signal connection',
      version: String(protocolVersion),
      description: `WebSocket subprotocol ${subprotocol}, text frames, one JSON object each.`,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      signal: {
        address: signalPath,
        messages: { ...messages('client', clientNames), ...messages('server', serverNames) },
        bindings: { ws: { method: 'GET' } },
        'x-close-codes': closeCodes,
      },
    },
    operations: {
      clientSends: {
        action: 'receive',
        channel: { $ref: '#/channels/signal' },
        messages: references('client', clientNames),
      },
      serverSends: {
        action: 'send',
        channel: { $ref: '#/channels/signal' },
        messages: references('server', serverNames),
      },
    },
  };
}
