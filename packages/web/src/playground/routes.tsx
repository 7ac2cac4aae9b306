import { type AnyRoute, createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { NotFound } from '../ui/not-found.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { PlaygroundFrame } from './playground-frame.tsx';
import { rooms } from './rooms.ts';

const root = createRootRoute({ notFoundComponent: NotFound });
const frame: AnyRoute = createRoute({
  getParentRoute: () => root as AnyRoute,
  path: '/playground',
  component: PlaygroundFrame,
});

export const router = createRouter({
  routeTree: root.addChildren([frame.addChildren(rooms.flatMap((room) => [...room.routes(frame)]))]),
  defaultPendingComponent: Waiting,
  defaultPreload: 'intent',
});
