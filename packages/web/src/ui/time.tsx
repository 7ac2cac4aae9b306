import { useTranslation } from 'react-i18next';

const steps = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const satisfies readonly (readonly [Intl.RelativeTimeFormatUnit, number])[];

/** How long ago something was, with the time itself for whoever looks closer. @param at RFC 3339 */
export function Time({ at }: { readonly at: string }) {
  const { i18n } = useTranslation('ui');
  return (
    <time dateTime={at} title={new Date(at).toLocaleString(i18n.language)}>
      {ago(at, i18n.language)}
    </time>
  );
}

/** Such as "3 days ago", or "in 2 hours". */
export function ago(at: string, language: string, now = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
}
