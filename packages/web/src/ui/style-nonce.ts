/** What style sheets that are made while the app runs must carry: the page's policy knows it. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
}
