import i18next, { type BackendModule, type ReadCallback } from 'i18next';
import { initReactI18next } from 'react-i18next';

export const languages = { en: 'English', es: 'Español' } as const;

export type Language = keyof typeof languages;

/** The server's own pages read the same cookie. */
const cookieName = 'chartgate-language';

const year = 365 * 24 * 3600;

type Messages = { readonly default: Readonly<Record<string, unknown>> };

/** The message files of all rooms, each loaded when its room is first seen. */
const files = import.meta.glob<Messages>('/src/**/messages.*.json');

const roomFiles: BackendModule = {
  type: 'backend',
  init() {},
  read(language: string, namespace: string, done: ReadCallback) {
    const path = `/src/${namespace.replace('-', '/')}/messages.${language}.json`;
    const load = files[path];
    if (!load) return done(new Error(`There is no ${path}`), false);
    load().then(
      (messages) => done(null, messages.default),
      (error: Error) => done(error, false),
    );
  },
};

/** The language that was chosen, else the browser's first that there is, else English. */
export function chosenLanguage(): Language {
  const kept = document.cookie.split('; ').find((one) => one.startsWith(`${cookieName}=`));
  const wanted = [kept?.slice(cookieName.length + 1) ?? '', ...navigator.languages.map((one) => one.slice(0, 2))];
  return (wanted.find((one) => one in languages) as Language | undefined) ?? 'en';
}

/** Changes the language here, and of the server's pages from now on. */
export async function chooseLanguage(language: Language): Promise<void> {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${cookieName}=${language}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** Starts i18next with the texts of `ui` and of the entry. */
export async function startLanguage(entry: string): Promise<typeof i18next> {
  const language = chosenLanguage();
  document.documentElement.lang = language;
  await i18next
    .use(roomFiles)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      supportedLngs: Object.keys(languages),
      ns: ['ui', entry],
      defaultNS: 'ui',
      keySeparator: '.',
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
  return i18next;
}
