import { type AnyRoute, createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { NotFound } from './not-found.tsx';
import { Problem } from './problem.tsx';
import type { Room } from './room.ts';
import { Waiting } from './waiting.tsx';

/** The site that is meant where none is named. */
export const defaultSite = 'default';

/**
 * The router of an entry whose pages are a site's: `/{entry}/{site}/…`. An address without a site leads to the default one.
 * @param frame what surrounds its pages
 */
export function siteRouter(entry: string, frame: () => ReactNode, rooms: readonly Room[]) {
  const root = createRootRoute({ notFoundComponent: NotFound });
  const bare = createRoute({
    getParentRoute: () => root as AnyRoute,
    path: `/${entry}`,
    beforeLoad: () => {
      throw redirect({ to: `/${entry}/${defaultSite}` });
    },
  });
  const site: AnyRoute = createRoute({
    getParentRoute: () => root as AnyRoute,
    path: `/${entry}/$site`,
    component: frame,
  });
  return createRouter({
    routeTree: root.addChildren([bare, site.addChildren(rooms.flatMap((room) => [...room.routes(site)]))]),
    defaultPendingComponent: Waiting,
    defaultErrorComponent: ({ error, reset }) => <Problem error={error} retry={reset} />,
    defaultPreload: 'intent',
  });
}
