import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Logger, RoomkeyError } from '#kernel';
import type { IdempotencyStore, IdempotentCall } from './idempotency-store.ts';
import { problemOf } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The reservation this request holds; null without `Idempotency-Key`. */
    idempotentCall: IdempotentCall | null;
  }
}

const longestKey = 128;

/**
 * Makes every write with an `Idempotency-Key` happen once (API1).
 *
 * Answers are kept; refusals are not, since they changed nothing. Where an answer shows a secret once, what is kept
 * instead is `alreadyExists` with the address of what was made: the secret is in no other place.
 */
export function keepAnswers(app: FastifyInstance, store: IdempotencyStore, log: Logger): void {
  app.decorateRequest('idempotentCall', null);
  app.addHook('preHandler', async (request, reply) => {
    const call = callOf(request);
    if (call === undefined) return;
    const found = await store.reserve(call);
    if (found.state === 'conflict') throw new RoomkeyError('idempotencyConflict');
    if (found.state === 'reserved') {
      request.idempotentCall = call;
      return;
    }
    const isProblem = found.status >= 400;
    return reply
      .code(found.status)
      .header('idempotency-replayed', 'true')
      .type(isProblem ? 'application/problem+json; charset=utf-8' : 'application/json; charset=utf-8')
      .serializer((text: unknown) => text as string)
      .send(found.answer);
  });
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    const call = request.idempotentCall;
    if (call === null) return;
    request.idempotentCall = null;
    try {
      await conclude(store, call, { request, reply, text: typeof payload === 'string' ? payload : '' });
    } catch {
      // What was asked is done; only a repetition will find the key in use. The answer must still go out.
      log.warn({ keyId: call.keyId }, 'an answer could not be kept for its Idempotency-Key');
    }
  });
}

interface Answered {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly text: string;
}

async function conclude(store: IdempotencyStore, call: IdempotentCall, answered: Answered): Promise<void> {
  const { request, reply, text } = answered;
  const status = reply.statusCode;
  // Whether a fault of ours left something done is not known: the key stays in use until it is old.
  if (status === 500) return;
  if (status >= 400) return store.release(call);
  if (request.routeOptions.config.showsSecret !== true) return store.settle(call, status, text);
  const problem = problemOf('alreadyExists', { details: [String(reply.getHeader('location') ?? '')] });
  return store.settle(call, problem.status, JSON.stringify(problem));
}

function callOf(request: FastifyRequest): IdempotentCall | undefined {
  const idempotencyKey = request.headers['idempotency-key'];
  const isWrite = request.method !== 'GET' && request.method !== 'HEAD';
  if (!isWrite || request.apiKey === null || typeof idempotencyKey !== 'string') return undefined;
  if (idempotencyKey.length === 0 || idempotencyKey.length > longestKey) {
    throw new RoomkeyError('validation', {
      details: [`headers/idempotency-key: 1 to ${longestKey} characters`],
    });
  }
  const parts = [request.method, request.url, request.headers['if-match'] ?? '', request.body ?? null];
  return { keyId: request.apiKey.keyId, idempotencyKey, request: JSON.stringify(parts) };
}
