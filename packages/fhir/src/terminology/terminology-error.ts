/**
 * Why a question about codes has no answer: `not-found` (no such value set or code system here), `not-supported` (the
 * codes are not at hand, or the definition cannot be followed), `too-costly` (more codes than are counted out).
 */
export class TerminologyError extends Error {
  readonly code: 'not-found' | 'not-supported' | 'too-costly';

  constructor(code: TerminologyError['code'], message: string) {
    super(message);
    this.name = 'TerminologyError';
    this.code = code;
  }
}
