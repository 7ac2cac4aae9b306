import type { Chart } from '../chart.ts';

/** Closes what a death ends: orders that still ran stop. */
export function endRecord(chart: Chart): void {
  if (chart.person.death === undefined) return;
  for (const { draft } of chart.orders.values()) if (draft.status === 'active') draft.status = 'stopped';
}
