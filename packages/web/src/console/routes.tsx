import { siteRouter } from '../ui/entry-router.tsx';
import { ConsoleFrame } from './console-frame.tsx';
import { rooms } from './rooms.ts';

export const router = siteRouter('console', ConsoleFrame, rooms);
