import type { Token03Claims, Token04Claims } from './token-claims.ts';

/** The plaintext of a token04, keys in the order of the vendor's Node generator, `app_id` first (TK6). */
export function writeToken04(claims: Token04Claims): string {
  const user = JSON.stringify(claims.userId);
  const payload = JSON.stringify(claims.payload);
  return `{"app_id":${claims.appId},"user_id":${user},"nonce":${claims.nonce},"ctime":${claims.ctime},"expire":${claims.expire},"payload":${payload}}`;
}

/** The plaintext of a token03 in that order. The nonce is decimal text, so no digit of an int64 is lost. */
export function writeToken03(claims: Token03Claims): string {
  const room = JSON.stringify(claims.roomId);
  const user = JSON.stringify(claims.userId);
  const bits = `{"1":${Number(claims.privilege.login)},"2":${Number(claims.privilege.publish)}}`;
  return `{"app_id":${claims.appId},"room_id":${room},"user_id":${user},"privilege":${bits},"create_time":${claims.ctime},"expire_time":${claims.expire},"nonce":${claims.nonce}}`;
}
