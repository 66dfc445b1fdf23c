import Type from 'typebox';
import { expect, test } from 'vitest';
import { requestValidator } from './request-validator.ts';

const schema = Type.Object(
  { limit: Type.Integer({ minimum: 1 }), preview: Type.Boolean(), name: Type.String() },
  { additionalProperties: false },
);
const judge = (httpPart: string, value: unknown) =>
  requestValidator({ schema, httpPart, method: 'GET', url: '/' } as never)(value) as { value?: unknown };

test('[SC2] text of a query is read as the schema asks, in one spelling; a body is never bent', () => {
  const read = { limit: 7, preview: true, name: '7' };
  expect(judge('querystring', { limit: '7', preview: 'true', name: '7' }).value).toEqual(read);
  expect(judge('body', read).value).toEqual(read);
  expect(judge('body', { ...read, limit: '7' }).value).toBeUndefined();
  for (const limit of ['07', '7.0', '0x7', ' 7', '7e0', '', 'NaN', '0', ['7']]) {
    expect(judge('querystring', { limit, preview: 'false', name: 'n' }).value).toBeUndefined();
  }
  expect(judge('querystring', { limit: '7', preview: 'yes', name: 'n' }).value).toBeUndefined();
});

test('[SC2a] a query may name anything: nothing reaches the prototype of an object', () => {
  const named = JSON.parse('{"__proto__":"x","limit":"7","preview":"true","name":"n"}') as unknown;
  expect(judge('querystring', named).value).toBeUndefined();
  expect(({} as { x?: unknown }).x).toBeUndefined();
});
