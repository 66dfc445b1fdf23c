import { errorByName, type RoomkeyErrorName } from '@roomkey/protocol';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { createId, type Logger, RoomkeyError } from '#kernel';
import { RulesConflict } from '#policy';

/** An error as callers read it: RFC 9457, with our number, our name and both languages (API1). */
export interface Problem {
  /** The page of this error, relative to the documents of the product. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: number;
  readonly name: RoomkeyErrorName;
  /** The same text as `en`, for readers that know only the standard. */
  readonly detail: string;
  readonly en: string;
  readonly zh: string;
  /** Paths of fields and what is allowed there, or figures of the refusal; never values from outside. */
  readonly details: readonly string[];
  /** Finds the log line of a fault of ours. */
  readonly id?: string;
  readonly retryAfterMs?: number;
}

/** What a problem may add to its row of the error table. */
export interface ProblemExtra {
  readonly details?: readonly string[];
  readonly id?: string;
  readonly retryAfterMs?: number;
}

/** The problem of a name; the text is fixed by the name, so it cannot leak. */
export function problemOf(name: RoomkeyErrorName, extra: ProblemExtra = {}): Problem {
  const row = errorByName(name);
  return {
    type: `docs/errors.md#${name.toLowerCase()}`,
    title: `${row.en.split('. ')[0]?.replace(/\.$/, '') ?? name}`,
    status: row.httpStatus,
    code: row.code,
    name,
    detail: row.en,
    en: row.en,
    zh: row.zh,
    details: extra.details ?? [],
    ...(extra.id === undefined ? {} : { id: extra.id }),
    ...(extra.retryAfterMs === undefined ? {} : { retryAfterMs: extra.retryAfterMs }),
  };
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterMs !== undefined) {
    void reply.header('retry-after', Math.ceil(problem.retryAfterMs / 1000));
  }
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="roomkey"');
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem);
}

const frameworkProblems: Readonly<Record<string, RoomkeyErrorName>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'tooLarge',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupportedMedia',
  FST_ERR_BAD_URL: 'notFound',
};

/** Turns whatever a route threw into a problem; what is not expected becomes `internal` with an id (style of errors). */
export function problemFrom(error: unknown, log: Logger): Problem {
  if (error instanceof RoomkeyError) return problemOfRoomkeyError(error);
  if (error instanceof RulesConflict) return problemOf('versionConflict');
  const framework = error as Partial<FastifyError>;
  if (framework.validation !== undefined) {
    const place = framework.validationContext ?? 'body';
    return problemOf('validation', {
      details: framework.validation.filter(isTold).map((fault) => faultText(place, fault)),
    });
  }
  const known = frameworkProblems[framework.code ?? ''];
  if (known !== undefined) return problemOf(known);
  if (isBadRequest(framework)) return problemOf('validation', { details: ['body: must be JSON'] });
  const id = createId();
  log.error({ id, fault: describeFault(error) }, 'a request failed by a fault of ours');
  return problemOf('internal', { id });
}

function problemOfRoomkeyError(error: RoomkeyError): Problem {
  const wait = (error.cause as { retryAfterMs?: unknown } | undefined)?.retryAfterMs;
  return problemOf(error.errorName, {
    details: error.details,
    ...(typeof wait === 'number' ? { retryAfterMs: wait } : {}),
  });
}

function isBadRequest(error: Partial<FastifyError>): boolean {
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500;
}

/** Class, code and stack of a fault without its message, which may quote what came from outside (SC4). */
function describeFault(error: unknown): object {
  if (!(error instanceof Error)) return { kind: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return {
    kind: error.name,
    code: (error as { code?: unknown }).code,
    stack: frames.slice(0, 12).join('\n'),
  };
}

interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Record<string, unknown>;
}

// What follows from an unknown key is told by its name already.
function isTold(fault: Fault): boolean {
  return fault.keyword !== 'boolean';
}

function faultText(place: string, fault: Fault): string {
  const path = [place, ...fault.instancePath.split('/').slice(1).map(nameOfStep)].join('/');
  const unknown = fault.keyword === 'additionalProperties' ? fault.params['additionalProperties'] : undefined;
  if (Array.isArray(unknown)) return `${path}: unknown key ${unknown.map(nameOfKey).join(', ')}`;
  return `${path}: ${fault.message ?? 'is not allowed'}`;
}

/** A step of a path: an index, or the name of a field. */
function nameOfStep(step: string): string {
  return /^\d{1,6}$/.test(step) ? step : nameOfKey(step);
}

// A secret pasted where a key belongs is longer than any key of ours and is not repeated (SC4).
function nameOfKey(key: unknown): string {
  return typeof key === 'string' && /^[A-Za-z]{1,24}$/.test(key) ? key : '(not shown)';
}

/** Answers for paths and methods that are not there. */
export function answerNotFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(reply, problemOf('notFound'));
}
