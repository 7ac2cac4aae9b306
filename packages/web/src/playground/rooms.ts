import type { Room } from '../ui/room.ts';
import { home } from './home/room.ts';

/** The rooms of the playground, in the order of the navigation. */
export const rooms: readonly Room[] = [home];
