// Writes docs/openapi.json again: run this file with Node after a change of routes, then the formatter.
import { writeFileSync } from 'node:fs';
import { describeApi } from './create-api.ts';

const file = new URL('../../../../docs/openapi.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(await describeApi(), null, 2)}\n`);
console.log('docs/openapi.json');
