import {
  type App,
  type AppSignState,
  decideSecretChange,
  findOriginProblems,
  findSecretProblems,
  isSampleSecret,
  maxHeldSecrets,
  mayChangeAppSign,
  openSecret,
  refuseProblems,
  type SecretMove,
  type SecretState,
  sealSecret,
  toOpenedApp,
  toSecretInfo,
} from '#apps';
import { RoomkeyError } from '#kernel';
import type { EditContext, EditPlan } from './edit-plan.ts';

/** Adds a server secret as `staged`: it opens nothing until it is taken on (AD12). */
export function planSecretAdd(
  context: EditContext,
  { secretId, secret }: { readonly secretId: string; readonly secret: string },
): EditPlan {
  const { state, appId, sealer, now } = context;
  const { app, held } = state.opened;
  refuseProblems(findSecretProblems({ secretId, secret }, ''));
  if (app.secrets.some((each) => each.secretId === secretId)) throw new RoomkeyError('alreadyExists');
  if (app.secrets.filter((each) => each.state !== 'retired').length >= maxHeldSecrets) {
    throw new RoomkeyError('wrongState');
  }
  // Always the newest, by a millisecond if need be: keys are tried newest first (TK9).
  const createdAt = Math.max(now, ...app.secrets.map((each) => each.createdAt + 1));
  const row = sealSecret(appId, { secretId, secret, state: 'staged' }, { sealer, createdAt });
  const warnings = secretWarnings(secret, context.isSharedSecret(row.fingerprint)).map(
    (warning) => `/secret: ${warning}`,
  );
  if (context.isProduction) refuseProblems(warnings);
  return {
    action: 'secret.add',
    details: { secretId, warnings },
    warnings,
    async write(tx) {
      await tx.insertInto('app_secrets').values(row).execute();
    },
    apply() {
      const tokens = new Map(held.tokens);
      if (row.sealed !== null) tokens.set(secretId, openSecret(row, row.sealed, sealer));
      const secrets = [toSecretInfo(row), ...app.secrets];
      return { opened: toOpenedApp({ ...app, secrets }, { ...held, tokens }) };
    },
  };
}

/** What is to be warned of in a secret, and refused in production (AD12). */
export function secretWarnings(secret: string, isShared: boolean): readonly string[] {
  return [
    ...(isSampleSecret(secret) ? ['not a published sample or an obvious text'] : []),
    ...(isShared ? ['not the bytes of another server secret'] : []),
  ];
}

/** Takes a secret from state to state; what is retired loses its bytes (AD12). */
export function planSecretState(
  context: EditContext,
  { secretId, to }: { readonly secretId: string; readonly to: SecretState },
): EditPlan {
  const { state, appId, by, keyUse, now } = context;
  const { app, held } = state.opened;
  const decision = decideSecretChange(
    app.secrets,
    { secretId, to, ...(by.why === undefined ? {} : { reason: by.why }) },
    (id) => keyUse.lastOpenedAt(appId, id),
    now,
  );
  if (!decision.ok) throw new RoomkeyError(decision.error);
  const { moves } = decision;
  return {
    action: `secret.${to}`,
    details: { moves },
    async write(tx) {
      for (const move of moves) {
        const erased = move.to === 'retired' ? { sealed: null } : {};
        await tx
          .updateTable('app_secrets')
          .set({ state: move.to, state_since: now, ...erased })
          .where('app_id', '=', appId)
          .where('secret_id', '=', move.secretId)
          .execute();
      }
    },
    apply() {
      const tokens = new Map(held.tokens);
      for (const move of moves) {
        if (move.to !== 'retired') continue;
        tokens.delete(move.secretId);
        keyUse.forget(appId, move.secretId);
      }
      return { opened: toOpenedApp(movedApp(app, moves, now), { ...held, tokens }) };
    },
  };
}

/** Suspends an AppSign, takes that back, or destroys it: then its bytes are gone (AD12). */
export function planAppSign({ state, appId }: EditContext, to: AppSignState): EditPlan {
  const { app, held } = state.opened;
  if (!mayChangeAppSign(app.appSign, to)) throw new RoomkeyError('wrongState');
  const isGone = to === 'destroyed';
  return {
    action: `appSign.${to}`,
    details: { from: app.appSign, to },
    async write(tx) {
      const erased = isGone ? { app_sign_sealed: null } : {};
      const update = tx.updateTable('apps').set({ app_sign_state: to, ...erased });
      await update.where('app_id', '=', appId).execute();
    },
    apply: () => ({
      opened: toOpenedApp({ ...app, appSign: to }, isGone ? { ...held, appSign: undefined } : held),
    }),
  };
}

/** Which web origins may connect (WS14). */
export function planOrigins({ state, appId }: EditContext, allowedOrigins: readonly string[]): EditPlan {
  refuseProblems(findOriginProblems(allowedOrigins));
  const { opened } = state;
  const app: App = { ...opened.app, allowedOrigins: [...allowedOrigins] };
  return {
    action: 'origins.change',
    details: { allowedOrigins },
    async write(tx) {
      const update = tx.updateTable('apps').set({ allowed_origins: JSON.stringify(allowedOrigins) });
      await update.where('app_id', '=', appId).execute();
    },
    apply: () => ({ opened: { ...opened, app } }),
  };
}

function movedApp(app: App, moves: readonly SecretMove[], now: number): App {
  const secrets = app.secrets.map((secret) => {
    const move = moves.find((each) => each.secretId === secret.secretId);
    return move === undefined ? secret : { ...secret, state: move.to, stateSince: now };
  });
  return { ...app, secrets };
}
