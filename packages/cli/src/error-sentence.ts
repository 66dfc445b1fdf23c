import { errorByName, type RoomkeyErrorName } from '@roomkey/protocol';
import type { Sentence } from './sentence.ts';

/** The fixed text of a row of the error table. */
export function errorSentence(name: RoomkeyErrorName): Sentence {
  return (language) => errorByName(name)[language];
}
