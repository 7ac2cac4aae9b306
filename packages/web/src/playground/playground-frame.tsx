import { useTranslation } from 'react-i18next';
import { defaultSite } from '../ui/entry-router.tsx';
import { Frame } from '../ui/frame.tsx';
import { RoomLinks } from '../ui/room-links.tsx';
import { rooms } from './rooms.ts';

/** The playground, for everybody. */
export function PlaygroundFrame() {
  const { t } = useTranslation('playground');
  return (
    <Frame
      title={t('title')}
      home="/playground"
      site={defaultSite}
      navigation={(close) => <RoomLinks rooms={rooms} base="/playground" entry="playground" close={close} />}
    />
  );
}
