import { IconHome } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Room } from '../../ui/room.ts';

/** The portal's first page. */
export const home: Room = {
  links: [{ path: '', name: 'home', icon: IconHome }],
  routes: (parent) => [
    createRoute({
      getParentRoute: () => parent,
      path: '/',
      component: lazyRouteComponent(() => import('./home-page.tsx'), 'HomePage'),
    }),
  ],
};
