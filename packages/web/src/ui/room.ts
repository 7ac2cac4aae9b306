import type { Icon } from '@tabler/icons-react';
import type { AnyRoute } from '@tanstack/react-router';

/** A line of the navigation. */
export type RoomLink = {
  /** Below the entry's path, such as `review`. */
  readonly path: string;
  /** Key of its name in the entry's messages, below `navigation`. */
  readonly name: string;
  readonly icon: Icon;
};

/** A room of an entry: its pages, and its lines in the navigation. */
export type Room = {
  readonly links: readonly RoomLink[];
  /** Made below the route of the entry; their components are lazy. */
  readonly routes: (parent: AnyRoute) => readonly AnyRoute[];
};
