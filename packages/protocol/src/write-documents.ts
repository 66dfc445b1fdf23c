// Writes the checked-in documents again: run this file with Node after a change of messages or error rows.
import { writeFileSync } from 'node:fs';
import { publishedDocuments } from './published-documents.ts';

for (const [path, text] of publishedDocuments()) {
  writeFileSync(new URL(`../../../${path}`, import.meta.url), text);
  console.log(path);
}
