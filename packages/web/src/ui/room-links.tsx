import { NavLink } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Room } from './room.ts';

type RoomLinksProps = {
  readonly rooms: readonly Room[];
  /** Path of the entry, such as `/console/default`. */
  readonly base: string;
  /** Namespace of the entry's messages. */
  readonly entry: string;
  readonly close: () => void;
};

/** The navigation: a line each. */
export function RoomLinks({ rooms, base, entry, close }: RoomLinksProps) {
  const { t } = useTranslation(entry);
  const { pathname } = useLocation();
  return rooms
    .flatMap((room) => room.links)
    .map(({ path, name, icon: Icon }) => {
      const to = path === '' ? base : `${base}/${path}`;
      const isHere = path === '' ? pathname === base : pathname === to || pathname.startsWith(`${to}/`);
      return (
        <NavLink
          key={to}
          component={Link}
          to={to}
          activeOptions={{ exact: path === '' }}
          label={t(`navigation.${name}`)}
          leftSection={<Icon size={18} stroke={1.6} />}
          active={isHere}
          aria-current={isHere ? 'page' : undefined}
          onClick={close}
        />
      );
    });
}
