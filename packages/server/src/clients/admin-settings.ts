import { settingsChange, siteSettings } from '../oauth/settings.ts';
import { admin, bodyOf, read } from './admin.ts';
import { administratorOf } from './administrator.ts';

/** `GET`: the settings in force. */
export const showSettings = admin('GET', async ({ site }) => siteSettings.parse(await site.settings()));

/** `PATCH`: sets the members of the body, null for the default; the others stay. */
export const changeSettings = admin('PATCH', async (call) => {
  const { gate, site, request } = call;
  const change = read(settingsChange, bodyOf(request));
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  await site.store.settings.put(Object.fromEntries(given), gate.now());
  site.forget({ settings: true });
  const names = given.map(([name]) => name);
  await gate.audit.record(site.name, { ...administratorOf(call), act: 'settings-changed', names });
  return siteSettings.parse(await site.settings());
});
