import Type, { type TSchema, type TUnsafe } from 'typebox';

/** One of these words. */
export function oneOf<const Words extends readonly string[]>(words: Words): TUnsafe<Words[number]> {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] });
}

/** That, or null. */
export function orNull(schema: TSchema): TSchema {
  return Type.Union([schema, Type.Null()]);
}

/** A whole number within bounds. */
export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): TUnsafe<number> {
  return Type.Unsafe<number>({ type: 'integer', minimum, maximum });
}

/** Text of 1 to `maxLength` characters; a closer check may follow. */
export function shortText(maxLength: number): TUnsafe<string> {
  return Type.Unsafe<string>({ type: 'string', minLength: 1, maxLength });
}

/** An app's number. */
export const appIdNumber: TUnsafe<number> = wholeNumber(1, 0xffff_ffff);

/** An instant: Unix milliseconds. */
export const instant: TSchema = Type.Integer({ minimum: 0 });

/** Why something was done, for history and audit. */
export const whyText: TUnsafe<string> = shortText(500);

/** How many items a page has at most. */
export const pageLimit: TUnsafe<number> = Type.Unsafe<number>({
  type: 'integer',
  minimum: 1,
  maximum: 500,
  default: 100,
});

/** How many items a page has when the caller does not say. */
export const defaultPageLimit = 100;

/** Where a page begins: `nextCursor` of the page before. */
export const cursorText: TUnsafe<string> = shortText(512);

/** The path of one app. */
export const appPath: TUnsafe<{ appId: number }> = Type.Unsafe<{ appId: number }>(
  Type.Object({ appId: appIdNumber }, { additionalProperties: false }),
);

/** The path of something of an app. */
export const appItemPath: TUnsafe<{ appId: number; id: string }> = Type.Unsafe<{ appId: number; id: string }>(
  Type.Object({ appId: appIdNumber, id: shortText(100) }, { additionalProperties: false }),
);

/** A page of items. */
export function pageOf(item: TSchema): TSchema {
  return answerOf({ items: Type.Array(item), nextCursor: orNull(Type.String()) });
}

/**
 * An answer: exactly these fields leave the server, whatever the handler holds (SC4). One with a title stands in the
 * OpenAPI document once, under that name.
 */
export function answerOf(fields: Record<string, TSchema>, title?: string): TSchema {
  return Type.Object(fields, { additionalProperties: false, ...(title === undefined ? {} : { title }) });
}
