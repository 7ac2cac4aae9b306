import { useTranslation } from 'react-i18next';
import { useOwnAccount } from '../ui/account.ts';
import { Frame } from '../ui/frame.tsx';
import { RoomLinks } from '../ui/room-links.tsx';
import { signInUrl } from '../ui/session.ts';
import { useSite } from '../ui/site.ts';
import { Waiting } from '../ui/waiting.tsx';
import { rooms } from './rooms.ts';

/** The portal, for whoever is signed in. */
export function PortalFrame() {
  const { t } = useTranslation('portal');
  const site = useSite();
  const { data: account, isPending } = useOwnAccount(site);
  if (isPending) return <Waiting />;
  if (!account) {
    location.replace(signInUrl(site));
    return <Waiting />;
  }
  const base = `/portal/${site}`;
  return (
    <Frame
      title={t('title')}
      home={base}
      site={site}
      navigation={(close) => <RoomLinks rooms={rooms} base={base} entry="portal" close={close} />}
    />
  );
}
