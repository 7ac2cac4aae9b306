import type { Room } from '../ui/room.ts';
import { home } from './home/room.ts';

/** The rooms of the console, in the order of the navigation. */
export const rooms: readonly Room[] = [home];
