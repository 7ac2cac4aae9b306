import { concept, snomed } from './system.ts';

export const devices = {
  pacemaker: {
    type: concept(snomed('14106009', 'Cardiac pacemaker, device (physical object)')),
    maker: 'Example Cardiac Devices',
  },
  kneeProsthesis: {
    type: concept(snomed('304120007', 'Total knee replacement prosthesis (physical object)')),
    maker: 'Example Orthopedics',
  },
  glucoseMeter: {
    type: concept(snomed('337414009', 'Blood glucose meter (physical object)')),
    maker: 'Example Diabetes Care',
  },
} as const;

export type DeviceKey = keyof typeof devices;
