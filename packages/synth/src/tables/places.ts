/** Towns that do not exist, in states and ZIP code areas that do. */
export const places = [
  { weight: 9, city: 'Alderbrook', state: 'MA', zip: '010', areaCode: '413' },
  { weight: 8, city: 'Bellmeadow', state: 'PA', zip: '174', areaCode: '717' },
  { weight: 7, city: 'Cedar Crossing', state: 'OH', zip: '432', areaCode: '614' },
  { weight: 6, city: 'Dunmoor', state: 'NY', zip: '122', areaCode: '518' },
  { weight: 6, city: 'Eastwater', state: 'MI', zip: '489', areaCode: '517' },
  { weight: 5, city: 'Fallow Springs', state: 'VA', zip: '232', areaCode: '804' },
  { weight: 5, city: 'Glen Harbor', state: 'ME', zip: '041', areaCode: '207' },
  { weight: 4, city: 'Hollins Ferry', state: 'MD', zip: '217', areaCode: '301' },
  { weight: 4, city: 'Ivy Landing', state: 'NC', zip: '276', areaCode: '919' },
  { weight: 3, city: 'Junction Mills', state: 'VT', zip: '056', areaCode: '802' },
] as const;

export type Place = (typeof places)[number];

export const streets = `
  Aspen Way, Bridge Street, Canal Road, Chapel Lane, Church Street, Cherry Lane, College Avenue,
  Depot Street, Elm Street, Forest Avenue, Garden Street, Harbor View, High Street, Lake Road,
  Library Lane, Main Street, Maple Avenue, Market Street, Mill Road, Oak Street, Orchard Drive,
  Park Avenue, Pleasant Street, Pond Road, Quarry Road, Ridge Road, River Street, School Street,
  Spring Street, Sunset Drive, Valley Road, Water Street
`
  .trim()
  .split(/,\s*/);
