import Type, { type TSchema } from 'typebox';
import { answerOf } from './shape-parts.ts';

/** The schema of every refusal and fault (RFC 9457). */
export const problemShape: TSchema = answerOf({
  type: Type.String({ description: 'The page of this error, relative to the documents of the product' }),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.Integer({ description: 'The number in the error table' }),
  name: Type.String({ description: 'The unique name in the error table' }),
  detail: Type.String(),
  en: Type.String(),
  zh: Type.String(),
  details: Type.Array(Type.String(), { description: 'Paths of fields and what is allowed there' }),
  id: Type.Optional(Type.String({ description: 'Finds the log line of a fault' })),
  retryAfterMs: Type.Optional(Type.Integer()),
});
