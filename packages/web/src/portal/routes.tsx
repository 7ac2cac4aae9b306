import { siteRouter } from '../ui/entry-router.tsx';
import { PortalFrame } from './portal-frame.tsx';
import { rooms } from './rooms.ts';

export const router = siteRouter('portal', PortalFrame, rooms);
