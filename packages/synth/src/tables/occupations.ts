/**
 * Work and the industry it is done in. As text only: the code system of US Core's binding (Occupational Data for
 * Health) is licensed apart, and a made-up code would be worse than none.
 */
export const occupations = [
  { work: 'Registered nurse', industry: 'Hospitals' },
  { work: 'Elementary school teacher', industry: 'Elementary and secondary schools' },
  { work: 'Truck driver', industry: 'General freight trucking' },
  { work: 'Retail salesperson', industry: 'Department stores' },
  { work: 'Carpenter', industry: 'Residential building construction' },
  { work: 'Accountant', industry: 'Accounting and bookkeeping services' },
  { work: 'Cook', industry: 'Restaurants' },
  { work: 'Software developer', industry: 'Custom computer programming services' },
  { work: 'Electrician', industry: 'Electrical contractors' },
  { work: 'Bus driver', industry: 'Urban transit systems' },
  { work: 'Dairy farmer', industry: 'Dairy cattle and milk production' },
  { work: 'Office clerk', industry: 'Insurance agencies' },
] as const;
