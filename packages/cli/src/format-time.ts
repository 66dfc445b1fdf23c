import type { Language } from './language.ts';

const units = [
  { seconds: 31_536_000, en: 'y', zh: '年' },
  { seconds: 86_400, en: 'd', zh: '天' },
  { seconds: 3_600, en: 'h', zh: '小时' },
  { seconds: 60, en: 'min', zh: '分钟' },
  { seconds: 1, en: 's', zh: '秒' },
] as const;

/** A duration in its largest unit of which there are two, or seconds: `29 s`, `4 min`, `2 h` (LK3). */
export function formatDuration(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.floor(seconds));
  const unit = units.find((each) => whole >= each.seconds * (each.seconds > 60 ? 2 : 1)) ?? units[4];
  return `${Math.floor(whole / unit.seconds)} ${unit[language]}`;
}

/** An instant as ISO 8601 in UTC, to the second; Unix seconds in. */
export function formatInstant(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** The same from Unix milliseconds. */
export function formatInstantMs(unixMs: number): string {
  return formatInstant(Math.floor(unixMs / 1000));
}
