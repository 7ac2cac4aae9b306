import { useParams } from '@tanstack/react-router';
import { defaultSite } from './entry-router.tsx';

/** The site that the page is about, by the path. */
export function useSite(): string {
  return useParams({ strict: false }).site ?? defaultSite;
}
