import { errorPage } from './error-page.ts';
import { asyncApi, wireJsonSchema } from './wire-documents.ts';

/** Every checked-in document that is written from this package: its path in the repository and its text. */
export function publishedDocuments(): ReadonlyMap<string, string> {
  return new Map([
    ['packages/protocol/wire.schema.json', `${JSON.stringify(wireJsonSchema(), null, 2)}\n`],
    ['packages/protocol/asyncapi.json', `${JSON.stringify(asyncApi(), null, 2)}\n`],
    ['docs/errors.md', errorPage('en')],
    ['docs/errors.zh-CN.md', errorPage('zh')],
  ]);
}
