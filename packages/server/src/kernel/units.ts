/** An instant of the wall clock: whole milliseconds since 1970-01-01T00:00:00Z. */
export type UnixMillis = number & { readonly unit?: 'UnixMillis' };

/** An instant of this process's monotonic clock, in milliseconds; means nothing outside the process. */
export type MonoMillis = number & { readonly unit?: 'MonoMillis' };
