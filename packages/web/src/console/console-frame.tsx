import { useTranslation } from 'react-i18next';
import { useOwnAccount } from '../ui/account.ts';
import { Frame } from '../ui/frame.tsx';
import { RoomLinks } from '../ui/room-links.tsx';
import { signInUrl } from '../ui/session.ts';
import { useSite } from '../ui/site.ts';
import { Waiting } from '../ui/waiting.tsx';
import { NoAdministrator } from './no-administrator.tsx';
import { rooms } from './rooms.ts';

/** The console, for administrators alone; whoever is not signed in does that first. */
export function ConsoleFrame() {
  const { t } = useTranslation('console');
  const site = useSite();
  const { data: account, isPending } = useOwnAccount(site);
  if (isPending) return <Waiting />;
  if (!account) {
    location.replace(signInUrl(site));
    return <Waiting />;
  }
  if (account.role !== 'administrator') return <NoAdministrator name={account.user_name} site={site} />;
  const base = `/console/${site}`;
  return (
    <Frame
      title={t('title')}
      home={base}
      site={site}
      navigation={(close) => <RoomLinks rooms={rooms} base={base} entry="console" close={close} />}
    />
  );
}
