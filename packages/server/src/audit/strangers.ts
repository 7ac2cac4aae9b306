/** Which refusals of callers without a token are written down: not so many that anybody could fill the audit. */
export type Strangers = {
  /** 'no': this one is left out. Else how many were left out before it. */
  next(): number | 'no';
};

/** At once, and then each second, on this node. */
const burst = 200;
const perSecond = 10;

/** @param now ms since any time */
export function strangers(now: () => number = () => performance.now()): Strangers {
  let left = burst;
  let at = now();
  let omitted = 0;
  return {
    next() {
      const time = now();
      left = Math.min(burst, left + ((time - at) / 1000) * perSecond);
      at = time;
      if (left < 1) {
        omitted += 1;
        return 'no';
      }
      left -= 1;
      const before = omitted;
      omitted = 0;
      return before;
    },
  };
}
